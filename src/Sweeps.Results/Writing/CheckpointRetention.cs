using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>
/// Which checkpoints are kept: the ends of runs, and for each stage that is not complete - failed and cancelled ones too - its newest one and
/// the one that it begins with. The others are discarded in the transaction that makes them useless, their files after it.
/// </summary>
internal static class CheckpointRetention
{
    /// <summary>A stage has a checkpoint at that step: none goes on from those before it.</summary>
    public static void Recorded(ResultsContext context, long stageId, int step) =>
        Discard(context, [.. context.Checkpoints.Where(checkpoint => checkpoint.StageId == stageId && checkpoint.Step < step)]);

    /// <summary>A stage is complete: if it was the last to begin with its parent's checkpoint and no run ends there, nobody needs that any more.</summary>
    public static void Completed(ResultsContext context, StageRecord stage)
    {
        if (stage.ParentId is not { } parent) return;
        if (context.Stages.Any(sibling => sibling.ParentId == parent && sibling.Id != stage.Id && sibling.State != StageState.Completed)) return;
        var isRunsEnd = (from step in context.RunStages
                         where step.StageId == parent
                         join run in context.Runs on step.RunId equals run.Id
                         where run.Steps == stage.FromStep
                         select run).Any();
        if (!isRunsEnd) Discard(context, [.. context.Checkpoints.Where(checkpoint => checkpoint.StageId == parent)]);
    }

    /// <summary>Forgets checkpoints; their files are removed after the transaction.</summary>
    public static void Discard(ResultsContext context, IReadOnlyList<CheckpointRecord> checkpoints)
    {
        context.Checkpoints.RemoveRange(checkpoints);
        foreach (var path in checkpoints.Select(checkpoint => checkpoint.Path).Distinct())
            if (context.DiscardedCheckpoints.Find(path) is null) context.DiscardedCheckpoints.Add(new DiscardedCheckpointRecord { Path = path });
    }
}
