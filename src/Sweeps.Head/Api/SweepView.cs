using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A sweep as the API shows it; how many steps it will have is null where only its program knows.</summary>
public sealed record SweepView(long Id, string Name, string? Description, SweepState State, bool IsStopping, string Metric, double? Target, int Priority,
    DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, int Configurations, int Runs, int RunsCompleted, int RunsFailed, int RunsPruned,
    long StepsDone, long? StepsPlanned, long StepsReused, long? StepsWithoutSharing, string? Verdict)
{
    /// <summary>What is shown of a sweep.</summary>
    public static SweepView Of(SweepOverview overview)
    {
        var sweep = overview.Sweep;
        return new SweepView(sweep.Id, sweep.Name, sweep.Description, sweep.State, sweep.IsStopping, sweep.Metric, sweep.Target, sweep.Priority, sweep.CreatedAt,
            sweep.FinishedAt, overview.Configurations, overview.Runs, overview.RunsCompleted, overview.RunsFailed, overview.RunsPruned, overview.StepsDone,
            overview.IsOpenEnded ? null : overview.StepsPlanned, sweep.ReusedSteps, overview.IsOpenEnded ? null : overview.StepsWithoutSharing, sweep.Verdict);
    }
}
