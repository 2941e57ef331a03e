using System.Data.Common;
using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Prepared statements for what a busy head writes most after metric points: attempts that begin, keep checkpoints and end.</summary>
internal sealed class AttemptStatements
{
    private readonly PreparedStatement claimable;
    private readonly PreparedStatement resumePoint;
    private readonly PreparedStatement beginStage;
    private readonly PreparedStatement beginRuns;
    private readonly PreparedStatement beginAttempt;
    private readonly PreparedStatement standing;
    private readonly PreparedStatement hasLaterCheckpoint;
    private readonly PreparedStatement addCheckpoint;
    private readonly PreparedStatement advanceStage;
    private readonly PreparedStatement ending;
    private readonly PreparedStatement hasCheckpoint;
    private readonly PreparedStatement endAttempt;
    private readonly PreparedStatement countFailures;
    private readonly PreparedStatement returnStage;
    private readonly PreparedStatement completeStage;
    private readonly PreparedStatement completeRuns;
    private readonly PreparedStatement makeChildrenReady;
    private readonly PreparedStatement endStageAt;
    private readonly PreparedStatement endRunsAt;
    private readonly PreparedStatement readyChildren;
    private readonly PreparedStatement hasOpenRun;
    private readonly PreparedStatement hasUnfinishedChild;
    private readonly PreparedStatement isRunsEnd;
    private readonly PreparedStatement discardFiles;
    private readonly PreparedStatement discard;

    public AttemptStatements(PreparedStatements statements)
    {
        claimable = statements.Prepare(
            """
            SELECT w.id, w.name, w.program, s.attempt, s.parameters_json, s.seed, s.from_step, s.to_step, s.parent_id, w.command_json,
                   CASE WHEN w.command_json IS NOT NULL THEN (SELECT p.run_id FROM run_stages p WHERE p.stage_id = s.id) END,
                   s.memory_failures
            FROM stages s JOIN sweeps w ON w.id = s.sweep_id
            WHERE s.id = $stage AND s.state = 'Ready' AND w.state = 'Running'
            """);
        // Its own newest checkpoint, or else the end of the stage that it continues.
        resumePoint = statements.Prepare(
            """
            SELECT path, step, stage_id = $stage, sha256 FROM checkpoints WHERE stage_id = $stage OR (stage_id = $parent AND step = $from)
            ORDER BY stage_id = $stage DESC, step DESC LIMIT 1
            """);
        beginStage = statements.Prepare("UPDATE stages SET state = 'Running', attempt = $number, steps_done = coalesce($step, steps_done) WHERE id = $stage");
        beginRuns = statements.Prepare(
            "UPDATE runs SET state = 'Running' WHERE state = 'Waiting' AND id IN (SELECT run_id FROM run_stages WHERE stage_id = $stage)");
        beginAttempt = statements.Prepare(
            """
            INSERT INTO attempts (stage_id, number, machine_id, slot, token_hash, resumed_from, started_at, counted, more_slots, share)
            VALUES ($stage, $number, $machine, $slot, $token, $step, $at, 0, $more, $share)
            """);
        standing = statements.Prepare(
            """
            SELECT s.attempt, w.state, s.state, a.outcome, w.command_json IS NOT NULL, a.first_step, a.seconds_before, w.id, CASE WHEN w.stops_early <> 0 THEN w.metric END
            FROM stages s JOIN sweeps w ON w.id = s.sweep_id
            LEFT JOIN attempts a ON a.stage_id = s.id AND a.number = $number
            WHERE s.id = $stage
            """);
        hasLaterCheckpoint = statements.Prepare("SELECT 1 FROM checkpoints WHERE stage_id = $stage AND step > $step LIMIT 1");
        addCheckpoint = statements.Prepare(
            """
            INSERT INTO checkpoints (stage_id, step, attempt, path, sha256, bytes, created_at)
            VALUES ($stage, $step, $number, $path, $sha256, $bytes, $at)
            ON CONFLICT (stage_id, step) DO UPDATE SET
                attempt = excluded.attempt, path = excluded.path, sha256 = excluded.sha256, bytes = excluded.bytes, created_at = excluded.created_at
            """);
        advanceStage = statements.Prepare(
            $"""
            UPDATE stages SET steps_done = CASE WHEN steps_done < $step THEN $step ELSE steps_done END,
                device = CASE WHEN device IS NULL OR device IS NOT DISTINCT FROM $device THEN $device ELSE '{StageRecord.Several}' END,
                inputs = CASE WHEN inputs IS NULL OR inputs IS NOT DISTINCT FROM $inputs THEN $inputs ELSE '{StageRecord.Several}' END
            WHERE id = $stage
            """);
        ending = statements.Prepare(
            """
            SELECT w.id, w.state, w.priority, w.user_retries, w.memory_retries, w.machine_retries,
                   s.parent_id, s.state, s.from_step, s.to_step, s.longest_path, s.steps_done, s.user_failures, s.memory_failures, s.machine_failures,
                   a.outcome, a.counted <> 0, w.program, w.metric, w.command_json,
                   EXISTS (SELECT 1 FROM metric_summaries m JOIN metric_names n ON n.id = m.metric_id WHERE m.stage_id = s.id AND n.name = w.metric),
                   s.parameters_json
            FROM attempts a JOIN stages s ON s.id = a.stage_id JOIN sweeps w ON w.id = s.sweep_id
            WHERE a.stage_id = $stage AND a.number = $number AND s.attempt = a.number
            """);
        hasCheckpoint = statements.Prepare("SELECT 1 FROM checkpoints WHERE stage_id = $stage AND step = $step");
        endAttempt = statements.Prepare(
            """
            UPDATE attempts SET outcome = $outcome, ended_at = $at, last_step = $step, error = $error, counted = $counted
            WHERE stage_id = $stage AND number = $number
            """);
        countFailures = statements.Prepare("UPDATE stages SET user_failures = $user, memory_failures = $memory, machine_failures = $machine WHERE id = $stage");
        returnStage = statements.Prepare("UPDATE stages SET state = 'Ready', error = $error WHERE id = $stage");
        completeStage = statements.Prepare("UPDATE stages SET state = 'Completed', steps_done = to_step, error = NULL WHERE id = $stage");
        completeRuns = statements.Prepare(
            """
            UPDATE runs SET state = 'Completed' WHERE steps = $step AND state IN ('Waiting', 'Running')
            AND id IN (SELECT run_id FROM run_stages WHERE stage_id = $stage) RETURNING sweep_id
            """);
        makeChildrenReady = statements.Prepare("UPDATE stages SET state = 'Ready', steps_done = from_step WHERE parent_id = $stage AND state = 'Waiting'");
        endStageAt = statements.Prepare("UPDATE stages SET to_step = $step WHERE id = $stage");
        endRunsAt = statements.Prepare("UPDATE runs SET steps = $step WHERE id IN (SELECT run_id FROM run_stages WHERE stage_id = $stage)");
        readyChildren = statements.Prepare(
            """
            SELECT s.id, w.id, w.priority, s.longest_path FROM stages s JOIN sweeps w ON w.id = s.sweep_id
            WHERE s.parent_id = $stage AND s.state = 'Ready' AND w.state = 'Running'
            """);
        hasOpenRun = statements.Prepare("SELECT 1 FROM runs WHERE sweep_id = $sweep AND state IN ('Waiting', 'Running') LIMIT 1");
        hasUnfinishedChild = statements.Prepare("SELECT 1 FROM stages WHERE parent_id = $stage AND state <> 'Completed' LIMIT 1");
        isRunsEnd = statements.Prepare("SELECT 1 FROM run_stages p JOIN runs r ON r.id = p.run_id WHERE p.stage_id = $stage AND r.steps = $step LIMIT 1");
        discardFiles = statements.Prepare(
            "INSERT INTO discarded_checkpoints SELECT path FROM checkpoints WHERE stage_id = $stage AND step < $step ON CONFLICT DO NOTHING");
        discard = statements.Prepare("DELETE FROM checkpoints WHERE stage_id = $stage AND step < $step");
    }

    /// <summary>A stage that is ready, of a sweep that is running, as its next attempt would find it; null for any other.</summary>
    public (AttemptStart Start, bool ResumesItself)? Next(long stageId)
    {
        AttemptStart start;
        long? parentId;
        using (var reader = claimable.Read(stageId))
        {
            if (!reader.Read()) return null;
            start = new AttemptStart(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), stageId, reader.GetInt32(3) + 1, reader.GetString(4),
                reader.GetInt32(5), reader.GetInt32(6), reader.GetInt32(7), ResumeFrom: null, ResumeSha256: null, ResumeStep: 0, reader.GetInt32(11),
                reader.IsDBNull(9) ? null : new CommandStart(reader.GetInt64(10), reader.GetString(9)));
            parentId = reader.IsDBNull(8) ? null : reader.GetInt64(8);
        }
        using var checkpoint = resumePoint.Read(stageId, parentId, start.FromStep);
        return checkpoint.Read()
            ? (start with { ResumeFrom = checkpoint.GetString(0), ResumeSha256 = checkpoint.GetString(3), ResumeStep = checkpoint.GetInt32(1) }, checkpoint.GetBoolean(2))
            : (start, false);
    }

    /// <summary>Begins an attempt, and with it the stage and its runs.</summary>
    public void Begin(AttemptStart start, AttemptClaim claim, DateTimeOffset now)
    {
        beginStage.Execute(start.Number, start.Command is null ? start.ResumeStep : null, start.StageId);
        beginRuns.Execute(start.StageId);
        beginAttempt.Execute(start.StageId, start.Number, claim.MachineId, claim.Slot, claim.TokenHash, start.ResumeStep, now.ToUnixTimeMilliseconds(),
            AttemptRecord.Write(claim.MoreSlots), claim.Share);
    }

    /// <summary>What decides whether an attempt may write, or null when there is no such stage.</summary>
    public (int Newest, SweepState Sweep, StageState Stage, AttemptOutcome? Outcome, CommandProgress? Command, JudgedSweep? Judged)? Standing(long stageId, int attempt)
    {
        using var reader = standing.Read(attempt, stageId);
        if (!reader.Read()) return null;
        var command = !reader.GetBoolean(4) || reader.IsDBNull(6) ? null : new CommandProgress(reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.GetDouble(6));
        return (reader.GetInt32(0), Word<SweepState>(reader, 1), Word<StageState>(reader, 2), reader.IsDBNull(3) ? null : Word<AttemptOutcome>(reader, 3), command,
            reader.IsDBNull(8) ? null : new JudgedSweep(reader.GetInt64(7), reader.GetString(8)));
    }

    /// <summary>Stores a checkpoint, which discards the stage's earlier ones.</summary>
    /// <returns>False when there is a later one; then nothing changes.</returns>
    public bool AddCheckpoint(long stageId, int attempt, int step, CheckpointNotice notice, DateTimeOffset now)
    {
        if (hasLaterCheckpoint.Any(stageId, step)) return false;
        addCheckpoint.Execute(stageId, step, attempt, notice.Path, notice.Sha256, notice.Bytes, now.ToUnixTimeMilliseconds());
        Discard(stageId, before: step);
        advanceStage.Execute(step, notice.Device, notice.Inputs, stageId);
        return true;
    }

    /// <summary>Forgets the checkpoints of a stage before a step; their files are to be removed.</summary>
    public void Discard(long stageId, long before)
    {
        discardFiles.Execute(stageId, before);
        discard.Execute(stageId, before);
    }

    /// <summary>The newest attempt of a stage with all that its end depends on; null when there is no such attempt or a newer one.</summary>
    public AttemptedStage? Attempted(long stageId, int attempt)
    {
        using var reader = ending.Read(stageId, attempt);
        if (!reader.Read()) return null;
        return new AttemptedStage
        {
            StageId = stageId, Number = attempt,
            SweepId = reader.GetInt64(0), SweepState = Word<SweepState>(reader, 1), Priority = reader.GetInt32(2),
            UserRetries = reader.GetInt32(3), MemoryRetries = reader.GetInt32(4), MachineRetries = reader.GetInt32(5),
            ParentId = reader.IsDBNull(6) ? null : reader.GetInt64(6), State = Word<StageState>(reader, 7),
            FromStep = reader.GetInt32(8), ToStep = reader.GetInt32(9), LongestPath = reader.GetInt32(10), StepsDone = reader.GetInt32(11),
            UserFailures = reader.GetInt32(12), MemoryFailures = reader.GetInt32(13), MachineFailures = reader.GetInt32(14),
            Outcome = reader.IsDBNull(15) ? null : Word<AttemptOutcome>(reader, 15), Counted = reader.GetBoolean(16),
            Program = reader.GetString(17), Metric = reader.GetString(18), CommandJson = reader.IsDBNull(19) ? null : reader.GetString(19), HasMetric = reader.GetBoolean(20),
            ParametersJson = reader.GetString(21),
        };
    }

    public bool HasCheckpoint(long stageId, int step) => hasCheckpoint.Any(stageId, step);

    /// <summary>Stores how an attempt ended.</summary>
    public void End(AttemptedStage attempt, AttemptEnd end, bool counted, DateTimeOffset now) =>
        endAttempt.Execute(end.Outcome.ToString(), now.ToUnixTimeMilliseconds(), end.Step, end.Error, counted, attempt.StageId, attempt.Number);

    public void CountFailures(AttemptedStage stage) => countFailures.Execute(stage.UserFailures, stage.MemoryFailures, stage.MachineFailures, stage.StageId);

    /// <summary>Makes a stage ready for another attempt.</summary>
    public void Return(long stageId, string? error) => returnStage.Execute(error, stageId);

    /// <summary>Sets the step at which a stage and its runs end, where it was not known before.</summary>
    public AttemptedStage EndAt(AttemptedStage stage, int step)
    {
        endStageAt.Execute(step, stage.StageId);
        endRunsAt.Execute(step, stage.StageId);
        return stage with { ToStep = step };
    }

    /// <summary>Completes a stage and the runs that end with it; the stages after it are ready.</summary>
    /// <returns>The sweeps of those runs.</returns>
    public IReadOnlySet<long> Complete(AttemptedStage stage)
    {
        completeStage.Execute(stage.StageId);
        makeChildrenReady.Execute(stage.StageId);
        var sweeps = new HashSet<long>();
        using var reader = completeRuns.Read(stage.ToStep, stage.StageId);
        while (reader.Read()) sweeps.Add(reader.GetInt64(0));
        return sweeps;
    }

    /// <summary>The stages after a stage that can be claimed.</summary>
    public IReadOnlyList<ReadyStage> ReadyAfter(long stageId)
    {
        using var reader = readyChildren.Read(stageId);
        var ready = new List<ReadyStage>();
        while (reader.Read()) ready.Add(new ReadyStage(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt32(3)));
        return ready;
    }

    public bool HasOpenRun(long sweepId) => hasOpenRun.Any(sweepId);

    public bool HasUnfinishedChild(long stageId) => hasUnfinishedChild.Any(stageId);

    /// <summary>Whether a run ends with a stage, whose last step is given.</summary>
    public bool IsRunsEnd(long stageId, int step) => isRunsEnd.Any(stageId, step);

    private static T Word<T>(DbDataReader reader, int column) where T : struct, Enum => Enum.Parse<T>(reader.GetString(column));
}
