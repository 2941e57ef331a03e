using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;
using Sweeps.Head;
using Sweeps.Orchestration.Agents;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Progress;

/// <summary>Shows how a sweep goes on.</summary>
internal abstract class ProgressView(IAnsiConsole console)
{
    /// <summary>Where it is shown.</summary>
    protected IAnsiConsole Console { get; } = console;

    /// <summary>A live table on a terminal, plain lines elsewhere.</summary>
    public static ProgressView Create(IAnsiConsole console) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi ? new LiveProgress(console) : new LineProgress(console);

    /// <summary>Says what begins.</summary>
    public void Begin(Submission submission, SweepOverview overview, IReadOnlyList<Slot> slots)
    {
        var places = SlotText.Of(slots);
        var sweep = overview.Sweep;
        Console.WriteLine(submission.IsResumed
            ? $"Sweep {sweep.Id} ({sweep.Name}) goes on at {Numbers.Done(overview)}, on {places}."
            : $"Sweep {sweep.Id} ({sweep.Name}): {Numbers.Count(overview.Runs, "run")}{(overview.IsOpenEnded ? "" : $", {Numbers.Count(overview.StepsPlanned, "step")}")}{(sweep.IsSearching ? " to begin with" : "")}, on {places}."
                + (sweep.ReusedSteps > 0 ? $" {Numbers.Count(sweep.ReusedSteps, "more step")} come from earlier sweeps." : ""));
    }

    /// <summary>Shows each moment until the last.</summary>
    public abstract Task FollowAsync(IAsyncEnumerable<SweepProgress> moments);

    /// <summary><c>1,200 of 3,600 steps, 4 of 12 runs, about 1 min 20 s left</c>.</summary>
    protected static string Standing(SweepProgress moment, TimeSpan? left)
    {
        var others = new[] { (State: RunState.Failed, Word: "failed"), (State: RunState.Pruned, Word: "stopped early") }
            .Select(other => (Count: moment.Runs.Count(run => run.State == other.State), other.Word)).Where(other => other.Count > 0)
            .Select(other => $"{Numbers.Count(other.Count)} {other.Word}").ToArray();
        return (moment.Overview.IsOpenEnded ? "" : $"{Numbers.Done(moment.Overview)}, ")
            + $"{Numbers.Count(moment.Runs.Count(run => run.State == RunState.Completed))} of {Numbers.Count(moment.Runs.Count, "run")}"
            + (others.Length > 0 ? $" ({string.Join(", ", others)})" : "")
            + (moment.Overview.Sweep.IsSearching ? ", more to come" : "")
            + (left is { } time ? $", about {DurationText.Of(time)} left" : "")
            + (moment is { IsOver: false, Overview.Sweep.WaitsFor: { } why } ? $". {why}" : "");
    }

    /// <summary>The run with the best value of the metric so far, and the value; null while there is none.</summary>
    protected static (RunResult Run, double Value)? Best(SweepProgress moment)
    {
        var isLoss = moment.Overview.Sweep.Goal == MetricGoal.Minimize;
        var best = isLoss ? moment.Runs.Where(run => run.Min is not null).MinBy(run => run.Min) : moment.Runs.Where(run => run.Max is not null).MaxBy(run => run.Max);
        return best is null ? null : (best, isLoss ? best.Min!.Value : best.Max!.Value);
    }
}
