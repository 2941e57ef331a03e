using Sweeps.Results.Attempts;

namespace Sweeps.Results.Writing;

/// <summary>
/// Which checkpoints are kept: the ends of runs, and for each stage that is not complete - failed and cancelled ones too - its newest one and
/// the one that it begins with. The others are discarded in the transaction that makes them useless, their files after it.
/// </summary>
internal static class CheckpointRetention
{
    /// <summary>A stage is complete: if it was the last to begin with its parent's checkpoint and no run ends there, nobody needs that any more.</summary>
    public static void Completed(WriteSession session, AttemptedStage stage)
    {
        if (stage.ParentId is not { } parent || session.Attempts.HasUnfinishedChild(parent)) return;
        if (!session.Attempts.IsRunsEnd(parent, stage.FromStep)) session.Attempts.Discard(parent, before: long.MaxValue);
    }
}
