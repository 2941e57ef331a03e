using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Queue;

/// <summary>The order in which ready stages are claimed.</summary>
public static class StageQueue
{
    /// <summary>
    /// The stage to claim next: of the highest priority; among its sweeps, of the one with the fewest stages under way (fair share), the
    /// oldest first; within the sweep, the one with the longest way to go, because finishing soon means not ending with one long run on
    /// one slot. Null when there is none.
    /// </summary>
    /// <param name="ready">Stages that can be claimed.</param>
    /// <param name="running">Stages under way by sweep; 0 for those missing.</param>
    public static ReadyStage? First(IEnumerable<ReadyStage> ready, IReadOnlyDictionary<long, int> running) => ready
        .OrderByDescending(stage => stage.Priority)
        .ThenBy(stage => running.GetValueOrDefault(stage.SweepId))
        .ThenBy(stage => stage.SweepId)
        .ThenByDescending(stage => stage.LongestPath)
        .ThenBy(stage => stage.StageId)
        .FirstOrDefault();
}
