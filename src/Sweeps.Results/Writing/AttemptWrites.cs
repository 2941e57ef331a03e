using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>The life of an attempt in the database: begin, points, checkpoints, end. Only a stage's newest attempt may write.</summary>
internal static class AttemptWrites
{
    public static AttemptStart? Begin(WriteSession session, AttemptClaim claim)
    {
        if (session.Attempts.Next(claim.StageId) is not var (start, resumesItself)) return null;
        if (start.ResumeFrom is null && start.FromStep > 0)
        {
            DamagedCheckpoints.Postpone(session, claim.StageId);
            return null;
        }
        session.Attempts.Begin(start, claim, session.Now);
        session.AddEvent(start.SweepId, "attempt.started",
            $"Attempt {start.StageId}-{start.Number} began at step {start.ResumeStep} on slot {claim.Slot} of {claim.MachineId}.");
        // Where a command goes on is known by its first point.
        if (start.Command is not null) return start;
        // Without a checkpoint of its own, the stage begins anew and nothing that it recorded counts.
        session.Metrics.VoidAfter(claim.StageId, resumesItself ? start.ResumeStep : -1);
        return start;
    }

    public static RecordedPoints Points(WriteSession session, long stageId, int attempt, IReadOnlyList<MetricPoint> points)
    {
        var standing = Standing(session, stageId, attempt, out var command, out var judged);
        if (standing == AttemptStanding.Fenced) return new RecordedPoints(standing, null);
        if (command is not null && points.Count > 0)
        {
            // A command goes on wherever it likes: what earlier attempts have from its first step on, it measures again.
            var before = command.FirstStep is null ? session.Metrics.Resume(stageId, attempt, points[0].Step) : command.SecondsBefore;
            points = [.. points.Select(point => point with { Seconds = before + point.Seconds })];
        }
        session.Metrics.Add(stageId, points);
        return new RecordedPoints(standing, standing == AttemptStanding.Continue && points.Any(point => point.Metric == judged?.Metric) ? judged?.SweepId : null);
    }

    public static AttemptStanding Checkpoint(WriteSession session, long stageId, int attempt, CheckpointNotice notice)
    {
        var standing = Standing(session, stageId, attempt, out _, out _);
        // What comes again after a later one has been discarded already.
        if (standing != AttemptStanding.Fenced) session.Attempts.AddCheckpoint(stageId, attempt, checked((int)notice.Step), notice, session.Now);
        return standing;
    }

    public static AttemptStanding Sample(WriteSession session, long stageId, int attempt, TextSample sample)
    {
        var standing = Standing(session, stageId, attempt, out _, out _);
        if (standing != AttemptStanding.Fenced) session.Metrics.Add(stageId, sample);
        return standing;
    }

    public static EndedAttempt? End(WriteSession session, long stageId, int number, Func<AttemptedStage, AttemptEnd?> decide)
    {
        if (session.Attempts.Attempted(stageId, number) is not { } found || !IsOpen(found.Outcome)) return null;
        if (decide(found) is not { } end) return null;
        if (found.Outcome == AttemptOutcome.Lost && end.Outcome == AttemptOutcome.Lost) return null;
        if (end.Next == StageState.Completed && found.CommandJson is null && !session.Attempts.HasCheckpoint(stageId, found.ToStep))
            throw new ResultsException(ResultsFailure.Refused,
                $"Attempt {stageId}-{number} says that it is complete, but no checkpoint at step {found.ToStep} was recorded.");

        var counted = end.CountsAsFailure && end.Outcome is not (AttemptOutcome.Completed or AttemptOutcome.Stopped);
        // The worker of an attempt that was given up may still report how it really ended.
        var stage = Counted(WithoutLoss(found), counted ? end.Outcome : null);
        session.Attempts.End(stage, end, counted, session.Now);
        if (stage != found) session.Attempts.CountFailures(stage);
        session.AddEvent(stage.SweepId, $"attempt.{end.Outcome.ToString().ToLowerInvariant()}",
            $"Attempt {stageId}-{number} ended at step {end.Step}{(end.Error is null ? "." : ": " + end.Error)}");
        if (stage.State is not (StageState.Running or StageState.Ready)) return new EndedAttempt([]);
        switch (end.Next)
        {
            case StageState.Completed:
                // The last step that a command reported is its end.
                if (stage.CommandJson is not null) stage = session.Attempts.EndAt(stage, stage.StepsDone);
                StageTransitions.Completed(session, stage);
                return new EndedAttempt(session.Attempts.ReadyAfter(stageId));
            case StageState.Failed:
                StageTransitions.Failed(session, stage.SweepId, stageId, end.Error);
                return new EndedAttempt([]);
            default:
                session.Attempts.Return(stageId, end.Error);
                if (end.Smaller is not null) session.AddEvent(stage.SweepId, "stage.smaller", end.Smaller);
                if (end.Outcome == AttemptOutcome.DamagedCheckpoint)
                {
                    DamagedCheckpoints.Void(session, stageId, number);
                    return new EndedAttempt([]);
                }
                return new EndedAttempt(stage.SweepState == SweepState.Running
                    ? [new ReadyStage(stageId, stage.SweepId, stage.Priority, stage.LongestPath)] : []);
        }
    }

    public static bool Revive(WriteSession session, long stageId, int number)
    {
        var context = session.Context;
        var stage = context.Stages.Find(stageId);
        var attempt = context.Attempts.Find(stageId, number);
        if (stage is not { State: StageState.Ready } || stage.Attempt != number || attempt is not { Outcome: AttemptOutcome.Lost })
            return false;
        if (attempt.Counted) stage.MachineFailures--;
        attempt.Counted = false;
        attempt.Outcome = null;
        attempt.EndedAt = null;
        attempt.Error = null;
        stage.State = StageState.Running;
        stage.Error = null;
        session.AddEvent(stage.SweepId, "attempt.revived", $"Attempt {stageId}-{number} is alive after all and goes on.");
        return true;
    }

    private static AttemptedStage WithoutLoss(AttemptedStage stage) =>
        stage is { Outcome: AttemptOutcome.Lost, Counted: true } ? stage with { MachineFailures = stage.MachineFailures - 1 } : stage;

    private static AttemptedStage Counted(AttemptedStage stage, AttemptOutcome? failure) => failure switch
    {
        AttemptOutcome.UserError => stage with { UserFailures = stage.UserFailures + 1 },
        AttemptOutcome.OutOfMemory => stage with { MemoryFailures = stage.MemoryFailures + 1 },
        AttemptOutcome.Lost or AttemptOutcome.DamagedCheckpoint => stage with { MachineFailures = stage.MachineFailures + 1 },
        _ => stage,
    };

    private static AttemptStanding Standing(WriteSession session, long stageId, int attempt, out CommandProgress? command, out JudgedSweep? judged)
    {
        (command, judged) = (null, null);
        if (session.Attempts.Standing(stageId, attempt) is not { } standing || standing.Newest != attempt || !IsOpen(standing.Outcome)
            || standing is { Outcome: not null, Stage: not StageState.Ready })
            return AttemptStanding.Fenced;
        (command, judged) = (standing.Command, standing.Judged);
        return standing is { Sweep: SweepState.Running, Stage: not StageState.Cancelled } ? AttemptStanding.Continue : AttemptStanding.Stop;
    }

    /// <summary>An attempt that was given up as lost may still write until a newer one begins or its stage has failed.</summary>
    private static bool IsOpen(AttemptOutcome? outcome) => outcome is null or AttemptOutcome.Lost;
}
