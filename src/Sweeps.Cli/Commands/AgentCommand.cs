using System.CommandLine;
using Microsoft.Extensions.Logging;
using Sweeps.Cli.Output;
using Sweeps.Head;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps agent</c>: slots for a head in another process, on this machine or another one, until it is ended.</summary>
internal static class AgentCommand
{
    private const long AgentCache = 16L << 30;

    public static Command Create()
    {
        var head = HeadArgument.Create();
        var tokenFile = HeadArgument.CreateTokenFile();
        var authority = HeadArgument.CreateAuthority();
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
        var cache = SizeOption.Create("--cache", AgentCache, "Room for checkpoints that were sent to the head or fetched from it, where the head's directory is not this machine's");
        var home = Home.CreateOption();
        var command = new Command("agent", "Train runs for a head, here or on another machine, until Ctrl-C") { head, name, slots, cache, tokenFile, authority, home };
        var launcher = LauncherArgument.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            var url = parsed.GetValue(head) ?? HeadAddress.Read(place.Directory)?.Url ?? throw new CommandFailure(ExitCode.Head,
                $"no head is running on {place.Directory}: start one with `sweeps serve`, or give its address with --head.");
            HeadArgument.Trust(parsed.GetValue(authority));
            HeadArgument.WarnOfPlainText(url);
            var token = HeadArgument.TokenFor(place, url, parsed.GetValue(tokenFile));
            return await ServeAsync(new AgentOptions
            {
                MachineId = parsed.GetRequiredValue(name),
                Home = place.Directory,
                DataDirectory = place.Data,
                HeadUrl = url.GetLeftPart(UriPartial.Authority),
                Worker = Installation.RequireWorker(),
                Slots = launcher.Slots(parsed, parsed.GetValue(slots)),
                CacheBytes = parsed.GetRequiredValue(cache),
            }, token, await launcher.CreateAsync(parsed, place, parsed.GetRequiredValue(name), url));
        });
        return command;
    }

    private static async Task<int> ServeAsync(AgentOptions options, Func<string?> token, WorkerLauncher launcher)
    {
        using var interrupt = new Interrupt();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(new SentenceLog()));
        using var head = new HeadConnection(new Uri(options.HeadUrl), options.MachineId, token);
        await using var agent = new Agent(options, launcher, head.SyncAsync, TimeProvider.System, logging.CreateLogger<Agent>(), head.SendLogAsync);
        await agent.StartAsync();
        await Console.Error.WriteLineAsync($"Agent {options.MachineId} of {options.HeadUrl}, on {SlotText.Of(options.Slots)}.");
        await Task.Delay(Timeout.Infinite, interrupt.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Console.Error.WriteLineAsync("Ending: the workers write their checkpoints.");
        return ExitCode.Ok;
    }
}
