using System.CommandLine;
using Microsoft.Extensions.Logging;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Workers;
using Sweeps.Orchestration.Workers.Slurm;

namespace Sweeps.Cli;

/// <summary>How an agent starts its workers: as processes of its machine, or as jobs of Slurm with what they ask of it.</summary>
internal sealed class LauncherArgument
{
    /// <summary>Jobs at a time, waiting ones included, where <c>--slots</c> does not say.</summary>
    public const int DefaultJobs = 16;

    /// <summary>A head that only this machine reaches.</summary>
    public static Uri ThisMachine { get; } = new("http://127.0.0.1");

    private const string Process = "process", Slurm = "slurm";

    private readonly Option<string> launcher = new("--launcher")
    {
        Description = $"How runs are started: {Process} (on this machine), or {Slurm} (each as a job; --slots N is how many there are at a time, {DefaultJobs} by default)",
        HelpName = $"{Process}|{Slurm}", DefaultValueFactory = _ => Process,
    };

    private readonly Option<string?>[] places =
    [
        new("--partition") { Description = "Slurm's partition for the jobs", HelpName = "NAME" },
        new("--account") { Description = "Slurm's account for the jobs", HelpName = "NAME" },
        new("--qos") { Description = "Slurm's quality of service for the jobs", HelpName = "NAME" },
        new("--constraint") { Description = "Features of the nodes for the jobs", HelpName = "LIST" },
    ];

    private readonly Option<string[]> arguments = new("--slurm-option")
    {
        Description = "A further argument of sbatch, such as --slurm-option=--exclusive; may be given several times", HelpName = "ARGUMENT",
    };

    private LauncherArgument() => launcher.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && token.Value is not (Process or Slurm)) result.AddError($"--launcher is {Process} or {Slurm}, not {token.Value}.");
    });

    /// <summary>Gives a command the options.</summary>
    public static LauncherArgument AddTo(Command command)
    {
        var argument = new LauncherArgument();
        Option[] slurm = [.. argument.places, argument.arguments];
        foreach (var option in slurm.Prepend(argument.launcher)) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(argument.launcher)?.Tokens is [var token] && token.Value != Process) return;
            foreach (var option in slurm.Where(option => result.GetResult(option) is not null)) result.AddError($"{option.Name} is for jobs of Slurm; give --launcher {Slurm} too, or leave it out.");
        });
        return argument;
    }

    /// <summary>The slots of this machine, or as many as there may be jobs at a time.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="slots">What <c>--slots</c> says.</param>
    /// <param name="spec">The only sweep that is trained; null for a process that trains all there are.</param>
    public IReadOnlyList<Slot> Slots(ParseResult parsed, int? slots, SweepSpec? spec = null) =>
        parsed.GetValue(launcher) == Slurm ? SlurmLauncher.Slots(slots ?? DefaultJobs) : SlotArgument.Detect(slots, spec);

    /// <summary>The launcher of an agent.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="home">The agent's home.</param>
    /// <param name="machineId">The agent's name.</param>
    /// <param name="head">Where its jobs find the head; null for an address that other machines reach.</param>
    /// <exception cref="CommandFailure">Slurm would refuse all jobs.</exception>
    public async Task<WorkerLauncher> CreateAsync(ParseResult parsed, Home home, string machineId, Uri? head)
    {
        if (parsed.GetValue(launcher) != Slurm) return new ProcessLauncher();
        var slurm = new SlurmLauncher(new SlurmOptions
        {
            Directory = Path.Combine(AgentOptions.DirectoryOf(home.Directory, machineId), "slurm"),
            LogDirectory = Path.Combine(home.Directory, "logs"),
            Arguments = [.. places.Where(place => parsed.GetValue(place) is not null).Select(place => $"{place.Name}={parsed.GetValue(place)}"), .. parsed.GetValue(arguments) ?? []],
            Dotnet = Installation.Dotnet,
        }, TimeProvider.System, Output.SentenceLog.Create<SlurmLauncher>());
        try
        {
            await slurm.CheckAsync();
        }
        catch (WorkerLaunchException exception)
        {
            throw new CommandFailure(ExitCode.Installation, exception.Message);
        }
        if (head is { IsLoopback: true })
            await Console.Error.WriteLineAsync("Jobs on other nodes do not reach a head that listens on this machine alone: there, use `sweeps serve --listen 0.0.0.0` and `sweeps agent --head http://HOST:PORT --launcher slurm`.");
        return slurm;
    }
}
