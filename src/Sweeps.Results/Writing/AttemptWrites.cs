using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>The life of an attempt in the database: begin, points, checkpoints, end. Only a stage's newest attempt may write.</summary>
internal static class AttemptWrites
{
    public static AttemptStart? Begin(WriteSession session, AttemptClaim claim)
    {
        var context = session.Context;
        var stage = context.Stages.Find(claim.StageId);
        if (stage is not { State: StageState.Ready }) return null;
        var sweep = context.Sweeps.Find(stage.SweepId)!;
        if (sweep.State != SweepState.Running) return null;

        var own = context.Checkpoints.Where(checkpoint => checkpoint.StageId == stage.Id)
            .OrderByDescending(checkpoint => checkpoint.Step).FirstOrDefault();
        var from = own ?? context.Checkpoints.SingleOrDefault(checkpoint =>
            checkpoint.StageId == stage.ParentId && checkpoint.Step == stage.FromStep);
        if (from is null && stage.ParentId is not null)
        {
            DamagedCheckpoints.Postpone(session, stage);
            return null;
        }
        var resumeStep = from?.Step ?? 0;
        stage.Attempt++;
        stage.StepsDone = resumeStep;
        StageTransitions.Begun(context, stage);
        context.Attempts.Add(new AttemptRecord
        {
            StageId = stage.Id, Number = stage.Attempt, MachineId = claim.MachineId, Slot = claim.Slot, TokenHash = claim.TokenHash,
            ResumedFrom = resumeStep, StartedAt = session.Now,
        });
        session.AddEvent(sweep.Id, "attempt.started",
            $"Attempt {stage.Id}-{stage.Attempt} began at step {resumeStep} on slot {claim.Slot} of {claim.MachineId}.");
        var start = new AttemptStart(sweep.Id, sweep.Name, sweep.Program, stage.Id, stage.Attempt, stage.ParametersJson, stage.Seed,
            stage.FromStep, stage.ToStep, from?.Path, resumeStep);
        session.Flush();
        // Without a checkpoint of its own, the stage begins anew and nothing that it recorded counts.
        session.Metrics.VoidAfter(claim.StageId, own?.Step ?? -1);
        return start;
    }

    public static AttemptStanding Points(WriteSession session, long stageId, int attempt, IReadOnlyList<MetricPoint> points)
    {
        var standing = Standing(session, stageId, attempt);
        if (standing != AttemptStanding.Fenced) session.Metrics.Add(stageId, points);
        return standing;
    }

    public static AttemptStanding Checkpoint(WriteSession session, long stageId, int attempt, CheckpointNotice notice)
    {
        var standing = Standing(session, stageId, attempt);
        if (standing == AttemptStanding.Fenced) return standing;
        var context = session.Context;
        var step = checked((int)notice.Step);
        // What comes again after a later one has been discarded already.
        if (context.Checkpoints.Any(checkpoint => checkpoint.StageId == stageId && checkpoint.Step > step)) return standing;
        if (context.Checkpoints.Find(stageId, step) is { } earlier) context.Checkpoints.Remove(earlier);
        context.SaveChanges();
        context.Checkpoints.Add(new CheckpointRecord
        {
            StageId = stageId, Step = step, Attempt = attempt, Path = notice.Path, Sha256 = notice.Sha256, Bytes = notice.Bytes,
            CreatedAt = session.Now,
        });
        CheckpointRetention.Recorded(context, stageId, step);
        var stage = context.Stages.Find(stageId)!;
        stage.StepsDone = Math.Max(stage.StepsDone, step);
        return standing;
    }

    public static bool End(WriteSession session, long stageId, int number, AttemptEnd end)
    {
        var context = session.Context;
        var stage = context.Stages.Find(stageId);
        var attempt = context.Attempts.Find(stageId, number);
        if (stage is null || attempt is null || stage.Attempt != number || !IsOpen(attempt.Outcome)) return false;
        if (attempt.Outcome == AttemptOutcome.Lost && end.Outcome == AttemptOutcome.Lost) return false;
        if (end.Next == StageState.Completed && context.Checkpoints.Find(stageId, stage.ToStep) is null)
            throw new ResultsException(ResultsFailure.Refused,
                $"Attempt {stageId}-{number} says that it is complete, but no checkpoint at step {stage.ToStep} was recorded.");

        // The worker of an attempt that was given up may still report how it really ended.
        TakeBackLoss(stage, attempt);
        attempt.Outcome = end.Outcome;
        attempt.EndedAt = session.Now;
        attempt.LastStep = end.Step;
        attempt.Error = end.Error;
        attempt.Counted = end.CountsAsFailure && end.Outcome is not (AttemptOutcome.Completed or AttemptOutcome.Stopped);
        if (attempt.Counted)
        {
            switch (end.Outcome)
            {
                case AttemptOutcome.UserError: stage.UserFailures++; break;
                case AttemptOutcome.OutOfMemory: stage.MemoryFailures++; break;
                case AttemptOutcome.Lost or AttemptOutcome.DamagedCheckpoint: stage.MachineFailures++; break;
            }
        }
        session.AddEvent(stage.SweepId, $"attempt.{end.Outcome.ToString().ToLowerInvariant()}",
            $"Attempt {stageId}-{number} ended at step {end.Step}{(end.Error is null ? "." : ": " + end.Error)}");
        if (stage.State is not (StageState.Running or StageState.Ready)) return true;
        switch (end.Next)
        {
            case StageState.Completed: StageTransitions.Completed(session, stage); break;
            case StageState.Failed: StageTransitions.Failed(session, stage, end.Error); break;
            default:
                stage.State = StageState.Ready;
                stage.Error = end.Error;
                if (end.Outcome == AttemptOutcome.DamagedCheckpoint) DamagedCheckpoints.Void(session, stage, attempt);
                break;
        }
        return true;
    }

    public static bool Revive(WriteSession session, long stageId, int number)
    {
        var context = session.Context;
        var stage = context.Stages.Find(stageId);
        var attempt = context.Attempts.Find(stageId, number);
        if (stage is not { State: StageState.Ready } || stage.Attempt != number || attempt is not { Outcome: AttemptOutcome.Lost })
            return false;
        TakeBackLoss(stage, attempt);
        attempt.Outcome = null;
        attempt.EndedAt = null;
        attempt.Error = null;
        stage.State = StageState.Running;
        stage.Error = null;
        session.AddEvent(stage.SweepId, "attempt.revived", $"Attempt {stageId}-{number} is alive after all and goes on.");
        return true;
    }

    private static void TakeBackLoss(StageRecord stage, AttemptRecord attempt)
    {
        if (attempt is { Outcome: AttemptOutcome.Lost, Counted: true }) stage.MachineFailures--;
        attempt.Counted = false;
    }

    private static AttemptStanding Standing(WriteSession session, long stageId, int attempt)
    {
        if (session.Metrics.Standing(stageId, attempt) is not { } standing || standing.Newest != attempt
            || !IsOpen(standing.Outcome is null ? null : Enum.Parse<AttemptOutcome>(standing.Outcome))
            || (standing.Outcome is not null && standing.StageState != nameof(StageState.Ready)))
            return AttemptStanding.Fenced;
        return standing.SweepState == nameof(SweepState.Running) && standing.StageState != nameof(StageState.Cancelled)
            ? AttemptStanding.Continue : AttemptStanding.Stop;
    }

    /// <summary>An attempt that was given up as lost may still write until a newer one begins or its stage has failed.</summary>
    private static bool IsOpen(AttemptOutcome? outcome) => outcome is null or AttemptOutcome.Lost;
}
