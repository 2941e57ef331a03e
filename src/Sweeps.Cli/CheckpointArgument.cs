using System.CommandLine;
using System.Globalization;
using Sweeps.Cli.Output;
using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;
using Sweeps.Results.Queries;

namespace Sweeps.Cli;

/// <summary>
/// The checkpoint that a command is given: a file, or a sweep by its id or name, which stands for the newest checkpoint of its best run;
/// <c>--configuration</c> and <c>--seed</c> say which run instead.
/// </summary>
internal sealed class CheckpointArgument
{
    /// <summary>The argument.</summary>
    public Argument<string> Checkpoint { get; } = new("checkpoint")
    {
        Description = "A checkpoint's file, or the id or name of a sweep for the newest checkpoint of its best run", HelpName = "CHECKPOINT|SWEEP",
    };

    /// <summary>Which configuration of the sweep.</summary>
    public Option<string?> Configuration { get; } = new("--configuration")
    {
        Description = "Of a sweep, the configuration, as `sweeps show` names it, such as \"heads=2\"", HelpName = "LABEL",
    };

    /// <summary>Which seed.</summary>
    public Option<int?> Seed { get; } = new("--seed") { Description = "Of a sweep, the run of this seed", HelpName = "N" };

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Checkpoint);
        command.Options.Add(Configuration);
        command.Options.Add(Seed);
    }

    /// <summary>The file's full path. Which run was chosen goes to standard error.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public Task<string> ResolveAsync(ParseResult parsed, Home home) =>
        ResolveAsync(parsed.GetRequiredValue(Checkpoint), home, parsed.GetValue(Configuration), parsed.GetValue(Seed));

    /// <summary>The file's full path, given a file or a sweep, and of a sweep which configuration and seed; null for its best run.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static async Task<string> ResolveAsync(string given, Home home, string? label = null, int? seed = null)
    {
        if (File.Exists(given)) return Path.GetFullPath(given);
        var queries = await ResultsQueries.OpenIfExistsAsync(home.Database) ?? throw Bad($"there is no file {given}, and no sweeps in {home.Directory}.");
        var sweep = await queries.FindSweepAsync(given) ?? throw Bad($"there is no file and no sweep {given}: `sweeps list` shows the sweeps there are.");

        var runs = await queries.RunsAsync(sweep.Id);
        var labels = runs.Select(run => run.Label).Distinct().ToArray();
        if (label is not null && !labels.Contains(label)) throw Bad($"sweep {sweep.Name} ({sweep.Id}) has no configuration \"{label}\"; it has {string.Join(", ", labels)}.");
        var candidates = runs.Where(run => (label is null || run.Label == label) && (seed is null || run.Seed == seed)).ToArray();
        if (candidates.Length == 0) throw Bad($"sweep {sweep.Name} ({sweep.Id}) has no run of seed {seed}; it has seeds 1 to {runs.Max(run => run.Seed)}.");
        var metric = ResultMetrics.Free(sweep.Metric, sweep.Goal);
        foreach (var run in candidates.OrderBy(run => run.Last is { } value && double.IsFinite(value) ? metric.Cost(value) : double.PositiveInfinity))
        {
            if (await queries.NewestCheckpointAsync(run.Id) is not { } checkpoint || !File.Exists(checkpoint.Path)) continue;
            var value = run.Last is { } last ? $", {sweep.Metric} {Numbers.Loss(last)}" : "";
            await Console.Error.WriteLineAsync($"{run.Label} seed {run.Seed} of {sweep.Name} ({sweep.Id}), step {checkpoint.Step.ToString(CultureInfo.InvariantCulture)}{value}");
            return checkpoint.Path;
        }
        throw Bad(sweep.Program == SweepSpec.Import ? $"sweep {sweep.Name} ({sweep.Id}) was imported from logs, which hold no weights."
            : sweep.CommandJson is null ? $"sweep {sweep.Name} ({sweep.Id}) has no checkpoint on this machine yet."
            : $"sweep {sweep.Name} ({sweep.Id}) runs {sweep.Program}, which keeps its weights itself.");
    }

    private static CommandFailure Bad(string message) => new(ExitCode.BadInput, message);
}
