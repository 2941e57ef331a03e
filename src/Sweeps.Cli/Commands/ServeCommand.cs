using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Sweeps.Cli.Output;
using Sweeps.Head;
using Sweeps.Head.Silos;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps serve</c>: a head for all sweeps of a home, until it is ended.</summary>
internal static class ServeCommand
{
    /// <summary>Where a head listens unless told otherwise.</summary>
    public const int DefaultPort = 7071;

    /// <summary>Where a head listens to other heads of its cluster unless told otherwise.</summary>
    private const int DefaultSiloPort = 11111;

    public static Command Create()
    {
        var port = new Option<int?>("--port")
        {
            Description = $"Port on the loopback interface (default: {DefaultPort}; 0 for a free one). Other networks are not served: that needs tokens, which do not exist yet",
            HelpName = "PORT", DefaultValueFactory = _ => DefaultPort,
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535))
                result.AddError($"--port is a whole number from 0 to 65535, not {token.Value}.");
        });
        var slots = SlotArgument.Create();
        var noAgent = new Option<bool>("--no-agent") { Description = "Train nothing in this process; leave it to `sweeps agent`" };
        var silo = new Option<string?>("--silo")
        {
            Description = $"Be one of several heads on one PostgreSQL database, which the others reach here (port {DefaultSiloPort} unless given)", HelpName = "IP[:PORT]",
        };
        silo.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IPEndPoint.TryParse(token.Value, out _)) result.AddError($"--silo is this machine's address for the other heads, such as 10.0.0.5:{DefaultSiloPort}, not {token.Value}.");
        });
        var home = Home.CreateOption();
        var command = new Command("serve", "Train all sweeps of a home that are submitted or were running, until Ctrl-C; the next `serve` goes on") { port, slots, noAgent, silo, home };
        command.Aliases.Add("head");
        command.Validators.Add(result =>
        {
            if (result.GetValue(noAgent) && result.GetValue(slots) is not null) result.AddError("--slots are this process's agent's, which --no-agent leaves out; give one of the two.");
        });
        command.SetAction((parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var at = parsed.GetValue(silo) is { } address ? SiloAt(address) : null;
            return ServeAsync(new HeadOptions
            {
                Home = place.Directory,
                Database = place.Database,
                Silo = at,
                DataDirectory = place.Data,
                Worker = parsed.GetValue(noAgent) ? null : Installation.RequireWorker(),
                Slots = parsed.GetValue(noAgent) ? [] : SlotDetection.Detect(parsed.GetValue(slots)),
                Port = parsed.GetValue(port)!.Value,
                ContinueSweeps = true,
                Lease = new LeaseOptions { Duration = Variable.Seconds(LeaseOptions.DurationVariable) ?? new LeaseOptions().Duration },
                Logging = logging => logging.AddProvider(new SentenceLog()),
            });
        });
        return command;
    }

    private static async Task<int> ServeAsync(HeadOptions options)
    {
        using var interrupt = new Interrupt();
        await using var head = await StartAsync(options);
        await Console.Error.WriteLineAsync($"Head of {options.Home} at {head.Url.GetLeftPart(UriPartial.Authority)}, {(options.Worker is null ? "without an agent" : $"on {SlotText.Of(options.Slots!)}")}.");
        var ended = await Task.WhenAny(head.StorageFailure, Task.Delay(Timeout.Infinite, interrupt.Token));
        if (ended == head.StorageFailure) throw await head.StorageFailure;
        await Console.Error.WriteLineAsync("Ending: the workers write their checkpoints. Sweeps that are running go on with the next `sweeps serve`.");
        return ExitCode.Ok;
    }

    private static IPEndPoint SiloAt(string address)
    {
        if (ClusterSilo.Missing is { } missing) throw new CommandFailure(ExitCode.Head, missing);
        var at = IPEndPoint.Parse(address);
        return at.Port > 0 ? at : new IPEndPoint(at.Address, DefaultSiloPort);
    }

    private static async Task<HeadHost> StartAsync(HeadOptions options)
    {
        try
        {
            return await HeadHost.StartAsync(options);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandFailure(ExitCode.Head, $"port {options.Port.ToString(CultureInfo.InvariantCulture)} is taken, perhaps by the head of another home; give another --port.");
        }
    }
}
