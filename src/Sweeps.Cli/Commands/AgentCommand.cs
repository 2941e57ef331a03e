using System.CommandLine;
using Microsoft.Extensions.Logging;
using Sweeps.Cli.Output;
using Sweeps.Head;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps agent</c>: slots for a head in another process on this machine, until it is ended.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var head = new Option<Uri?>("--head")
        {
            Description = "Address of the head (default: that of the head that runs on the home). It must be on this machine: other networks need tokens, which do not exist yet",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url is { Scheme: "http", IsLoopback: true, PathAndQuery: "/" }) return url;
                result.AddError($"--head is the address of a head on this machine, such as http://127.0.0.1:{ServeCommand.DefaultPort}, not {result.Tokens[0].Value}.");
                return null;
            },
        };
        var name = new Option<string>("--name")
        {
            Description = "Name of this agent; one of the same name takes over the workers that a killed one has left (default: the machine's)",
            HelpName = "NAME", DefaultValueFactory = _ => Environment.MachineName,
        };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !MachineName.IsValid(token.Value)) result.AddError($"{MachineName.Rule} \"{token.Value}\" is none.");
        });
        var slots = SlotArgument.Create();
        var home = Home.CreateOption();
        var command = new Command("agent", "Train runs for the head of the same home, until Ctrl-C") { head, name, slots, home };
        command.SetAction((parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var url = parsed.GetValue(head) ?? HeadAddress.Read(place.Directory)?.Url ?? throw new CommandFailure(ExitCode.Head,
                $"no head is running on {place.Directory}: start one with `sweeps serve`, or give its address with --head.");
            return ServeAsync(new AgentOptions
            {
                MachineId = parsed.GetRequiredValue(name),
                Home = place.Directory,
                DataDirectory = place.Data,
                HeadUrl = url.GetLeftPart(UriPartial.Authority),
                Worker = Installation.RequireWorker(),
                Slots = SlotDetection.Detect(parsed.GetValue(slots)),
            });
        });
        return command;
    }

    private static async Task<int> ServeAsync(AgentOptions options)
    {
        using var interrupt = new Interrupt();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(new SentenceLog()));
        using var head = new HeadConnection(new Uri(options.HeadUrl), options.MachineId);
        await using var agent = new Agent(options, new ProcessLauncher(), head.SyncAsync, TimeProvider.System, logging.CreateLogger<Agent>());
        await agent.StartAsync();
        await Console.Error.WriteLineAsync($"Agent {options.MachineId} of {options.HeadUrl}, on {SlotText.Of(options.Slots)}.");
        await Task.Delay(Timeout.Infinite, interrupt.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Console.Error.WriteLineAsync("Ending: the workers write their checkpoints.");
        return ExitCode.Ok;
    }
}
