using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Head;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Progress;

/// <summary>Progress for files and pipes: a line when a run ends, and one for every tenth of the steps.</summary>
internal sealed class LineProgress(IAnsiConsole console) : ProgressView(console)
{
    /// <inheritdoc/>
    public override async Task FollowAsync(IAsyncEnumerable<SweepProgress> moments)
    {
        var left = new TimeLeft(TimeProvider.System);
        HashSet<long>? ended = null;
        long? tenth = null;
        var said = "";
        string? waited = null;
        await foreach (var moment in moments)
        {
            var estimate = left.At(moment);
            var over = moment.Runs.Where(run => run.State is RunState.Completed or RunState.Failed or RunState.Pruned).ToArray();
            // What was over before this call was told by an earlier one.
            ended ??= [.. over.Select(run => run.Id)];
            var news = over.Where(run => ended.Add(run.Id)).ToArray();
            foreach (var run in news) Console.WriteLine($"{run.Label} seed {run.Seed} {Ending(run, moment.Overview.Sweep.Metric)}");
            var now = 10 * Numbers.Share(moment.Overview).Done / Math.Max(1, Numbers.Share(moment.Overview).Planned);
            var standing = Standing(moment, estimate);
            var waits = moment.Overview.Sweep.WaitsFor;
            if (standing != said && (news.Length > 0 || waits != waited || now > (tenth ?? now) || moment.IsOver)) Console.WriteLine($"  {said = standing}");
            waited = waits;
            tenth = Math.Max(tenth ?? now, now);
        }
    }

    private static string Ending(RunResult run, string metric) => run.State == RunState.Failed ? $"failed: {run.Error}"
        : run.State == RunState.Pruned ? $"was stopped early at step {Numbers.Count(run.StepsDone)}"
        : $"is done{(run.Last is { } last ? $": {metric} {Numbers.Loss(last)}" : "")}";
}
