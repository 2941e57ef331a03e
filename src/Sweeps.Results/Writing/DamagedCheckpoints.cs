using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>
/// What follows from a checkpoint that is damaged or missing: it is void, and its stage begins from the one before. Where that was the end
/// of the stage before, that stage is trained again, and so on up to one that has a checkpoint or begins with fresh weights.
/// </summary>
internal static class DamagedCheckpoints
{
    /// <summary>An attempt could not read the checkpoint that it was to begin with; its stage, which is ready again, must not meet it again.</summary>
    public static void Void(WriteSession session, long stageId, int number)
    {
        var context = session.Context;
        var stage = context.Stages.Find(stageId)!;
        var damaged = context.Checkpoints.Find(stageId, context.Attempts.Find(stageId, number)!.ResumedFrom)
            ?? context.Checkpoints.SingleOrDefault(checkpoint => checkpoint.StageId == stage.ParentId && checkpoint.Step == stage.FromStep);
        if (damaged is not null)
        {
            context.Checkpoints.Remove(damaged);
            if (context.DiscardedCheckpoints.Find(damaged.Path) is null) context.DiscardedCheckpoints.Add(new DiscardedCheckpointRecord { Path = damaged.Path });
            session.AddEvent(stage.SweepId, "checkpoint.void",
                $"The checkpoint {damaged.Path} cannot be read: {(damaged.StageId == stage.Id ? $"stage {stage.Id} begins from the one before." : $"stage {damaged.StageId} is trained again.")}");
            context.SaveChanges();
        }
        if (!CanBegin(context, stage)) Postpone(session, stageId);
    }

    /// <summary>Whether a stage has a checkpoint to begin with, or needs none.</summary>
    public static bool CanBegin(ResultsContext context, StageRecord stage) => stage.ParentId is null
        || context.Checkpoints.Any(checkpoint => checkpoint.StageId == stage.Id || (checkpoint.StageId == stage.ParentId && checkpoint.Step == stage.FromStep));

    /// <summary>A stage waits for the one before it, which is trained again if it was complete.</summary>
    public static void Postpone(WriteSession session, long stageId)
    {
        var context = session.Context;
        var stage = context.Stages.Find(stageId)!;
        // Another sweep keeps what it has: this one trains the stage before it as a stage of its own.
        if (StageCopies.Replace(session, stage)) return;
        stage.State = StageState.Waiting;
        stage.StepsDone = stage.FromStep;
        var parent = context.Stages.Find(stage.ParentId)!;
        if (parent.State != StageState.Completed) return;
        parent.State = StageState.Ready;
        parent.StepsDone = parent.FromStep;
        if (context.Sweeps.Find(parent.SweepId) is { HasEnded: true } owner) StageTransitions.Reopen(owner);
        foreach (var run in StageTransitions.RunsOf(context, parent.Id).Where(run => run.State == RunState.Completed && run.Steps == parent.ToStep))
            run.State = RunState.Running;
        session.AddEvent(stage.SweepId, "stage.again", $"Stage {parent.Id} is trained again, because the checkpoint at its end is gone.");
        if (!CanBegin(context, parent)) Postpone(session, parent.Id);
    }
}
