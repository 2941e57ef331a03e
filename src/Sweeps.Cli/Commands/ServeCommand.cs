using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Sweeps.Cli.Output;
using Sweeps.Head;
using Sweeps.Head.Access;
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
            Description = $"Port (default: {DefaultPort}; 0 for a free one)",
            HelpName = "PORT", DefaultValueFactory = _ => DefaultPort,
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535))
                result.AddError($"--port is a whole number from 0 to 65535, not {token.Value}.");
        });
        var slots = SlotArgument.Create();
        var noAgent = new Option<bool>("--no-agent") { Description = "Train nothing in this process; leave it to `sweeps agent`" };
        var listen = new Option<IPAddress?>("--listen")
        {
            Description = "Address to listen at (default: 127.0.0.1, this machine alone; 0.0.0.0 or :: for all networks). Beyond this machine every request needs a token: see `sweeps token`",
            HelpName = "ADDRESS",
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens[0].Value, out var address)) return address;
                result.AddError($"--listen is an address of this machine, such as 127.0.0.1, 0.0.0.0 or ::, not {result.Tokens[0].Value}.");
                return null;
            },
        };
        var names = new Option<string[]>("--host") { Description = "A name under which other machines know this one, beside its own; may be given several times", HelpName = "NAME" };
        var requireToken = new Option<bool>("--require-token") { Description = "Want a token on this machine, too: other users of it reach the head otherwise" };
        var allowCommands = new Option<bool>("--allow-commands") { Description = "Let all who may submit sweeps start programs of their own, and name any file, on the machines of agents" };
        var certificate = new Option<FileInfo?>("--tls-certificate") { Description = "Certificate for HTTPS: PEM, or PKCS #12 (.pfx) with its key", HelpName = "FILE" };
        var key = new Option<FileInfo?>("--tls-key") { Description = "Private key of the certificate, in PEM", HelpName = "FILE" };
        var uploads = SizeOption.Create("--upload-limit", 64L << 30, "Largest checkpoint that an agent may send whose machine does not see this home");
        var silo = new Option<string?>("--silo")
        {
            Description = $"Be one of several heads on one PostgreSQL database, which the others reach here (port {DefaultSiloPort} unless given)", HelpName = "IP[:PORT]",
        };
        silo.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IPEndPoint.TryParse(token.Value, out _)) result.AddError($"--silo is this machine's address for the other heads, such as 10.0.0.5:{DefaultSiloPort}, not {token.Value}.");
        });
        var home = Home.CreateOption();
        var command = new Command("serve", "Train all sweeps of a home that are submitted or were running, until Ctrl-C; the next `serve` goes on")
        {
            port, listen, names, requireToken, allowCommands, certificate, key, slots, noAgent, uploads, silo, home,
        };
        var launcher = LauncherArgument.AddTo(command);
        command.Aliases.Add("head");
        command.Validators.Add(result =>
        {
            if (result.GetValue(noAgent) && result.GetValue(slots) is not null) result.AddError("--slots are this process's agent's, which --no-agent leaves out; give one of the two.");
            if (result.GetValue(key) is not null && result.GetValue(certificate) is null) result.AddError("--tls-key is the key of a certificate: give that with --tls-certificate.");
        });
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var at = parsed.GetValue(silo) is { } own ? SiloAt(own) : null;
            return await ServeAsync(new HeadOptions
            {
                Home = place.Directory,
                Database = place.Database,
                Silo = at,
                DataDirectory = place.Data,
                Worker = parsed.GetValue(noAgent) ? null : Installation.RequireWorker(),
                Slots = parsed.GetValue(noAgent) ? [] : launcher.Slots(parsed, parsed.GetValue(slots)),
                Launcher = await launcher.CreateAsync(parsed, place, Environment.MachineName, parsed.GetValue(listen) is { } address && !IPAddress.IsLoopback(address) ? null : LauncherArgument.ThisMachine),
                Port = parsed.GetValue(port)!.Value,
                Listen = parsed.GetValue(listen) ?? IPAddress.Loopback,
                HostNames = parsed.GetValue(names) ?? [],
                RequireToken = parsed.GetValue(requireToken),
                AllowCommands = parsed.GetValue(allowCommands),
                Certificate = parsed.GetValue(certificate) is { } file ? Read(file, parsed.GetValue(key)) : null,
                ContinueSweeps = true,
                UploadLimit = parsed.GetRequiredValue(uploads),
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
        if (head.PublicUrl != head.Url) await Console.Error.WriteLineAsync($"Others reach it at {head.PublicUrl.GetLeftPart(UriPartial.Authority)}, with a token.");
        if (options.Certificate is null && !IPAddress.IsLoopback(options.Listen))
            await Console.Error.WriteLineAsync("What goes over the network is not encrypted, tokens included: whoever listens there can use them. --tls-certificate FILE encrypts.");
        var ended = await Task.WhenAny(head.StorageFailure, Task.Delay(Timeout.Infinite, interrupt.Token));
        if (ended == head.StorageFailure) throw await head.StorageFailure;
        await Console.Error.WriteLineAsync("Ending: the workers write their checkpoints. Sweeps that are running go on with the next `sweeps serve`.");
        return ExitCode.Ok;
    }

    private static ServerCertificate Read(FileInfo certificate, FileInfo? key)
    {
        try
        {
            return ServerCertificate.Read(certificate.FullName, key?.FullName);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"the certificate {certificate} cannot be used{(key is null ? "" : $" with the key {key}")}: {exception.Message}");
        }
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
        catch (SocketException exception)
        {
            throw new CommandFailure(ExitCode.Head, $"{options.Listen} cannot be listened at: {exception.Message}; --listen takes an address of this machine.");
        }
    }
}
