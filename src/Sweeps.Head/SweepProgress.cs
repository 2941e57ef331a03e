using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head;

/// <summary>A sweep at one moment.</summary>
/// <param name="Overview">The sweep and how far it is.</param>
/// <param name="Running">Its stages under way.</param>
/// <param name="Runs">Its runs by configuration and seed.</param>
public sealed record SweepProgress(SweepOverview Overview, IReadOnlyList<RunningStage> Running, IReadOnlyList<RunResult> Runs)
{
    /// <summary>True when nothing more will happen without a new command.</summary>
    public bool IsOver => Overview.Sweep.State != SweepState.Running && Running.Count == 0;
}
