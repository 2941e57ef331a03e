using System.Security.Cryptography;
using System.Text;
using Sweeps.Core.Protocol;
using Sweeps.Results.Access;
using Sweeps.Results.Attempts;
using Sweeps.Results.Databases;
using Sweeps.Results.Files;
using Sweeps.Results.Nightly;
using Sweeps.Results.Plans;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;
using Sweeps.Results.Writing;

namespace Sweeps.Results;

/// <summary>
/// The results database, open for writing; one process at a time has it, or the heads of one cluster. Every write returns when it is committed, decisions when
/// they are on the disk. A write that the database refuses throws a <see cref="ResultsException"/> and changes nothing.
/// </summary>
public sealed class ResultsStore : IAsyncDisposable
{
    private readonly ResultsWriter writer;

    private ResultsStore(ResultsDatabase database, ResultsWriter writer)
    {
        this.writer = writer;
        Address = database.Address;
        Queries = new ResultsQueries(database);
        Nightly = new NightlyWrites(this);
        Tokens = new TokenWrites(this);
    }

    /// <summary>The database: a file, or a server's, without a password.</summary>
    public string Address { get; }

    /// <summary>Reads, on connections of their own: they never wait for a write.</summary>
    public ResultsQueries Queries { get; }

    /// <summary>Writes of nightly jobs and their nights.</summary>
    public NightlyWrites Nightly { get; }

    /// <summary>Writes of tokens and of the sessions of browsers.</summary>
    public TokenWrites Tokens { get; }

    /// <summary>Writes that wait for their turn.</summary>
    public int WritesWaiting => writer.Waiting;

    /// <summary>Completes with the first failure of the database itself (disk full, damaged, unwritable, a server that is gone); otherwise never.</summary>
    public Task<ResultsException> StorageFailure => writer.StorageFailure;

    /// <summary>Opens the database, creates it where there is none and brings an older one forward; of a file after a backup copy.</summary>
    /// <param name="address">A file, usually <c>SWEEPS_HOME/sweeps.db</c>, or <c>postgres://user@host:port/name</c>.</param>
    /// <param name="time">The clock of what is recorded.</param>
    /// <param name="isShared">Whether other heads of a cluster write to it too; of a file that cannot be.</param>
    /// <exception cref="ResultsException">Another process has it, it is of a newer schema, damaged or cannot be written.</exception>
    public static Task<ResultsStore> OpenAsync(string address, TimeProvider? time = null, bool isShared = false) =>
        OpenAsync(ResultsDatabase.Of(address, isShared), time ?? TimeProvider.System, Schema.Steps);

    internal static Task<ResultsStore> OpenAsync(string address, TimeProvider time, IReadOnlyList<string> steps) =>
        OpenAsync(ResultsDatabase.Of(address), time, steps);

    internal static Task<ResultsStore> OpenAsync(ResultsDatabase database, TimeProvider time, IReadOnlyList<string> steps) => Task.Run(() =>
    {
        try
        {
            return new ResultsStore(database, new ResultsWriter(database, () => new WriteSession(database, database.OpenForWriting(steps), time)));
        }
        catch (Exception exception) when (database.Explain(exception) is var explained && explained != exception)
        {
            throw explained;
        }
    });

    /// <summary>SHA-256 of a text, hexadecimal: how sweep files and tokens are stored and found.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Stores a sweep in state <see cref="SweepState.Running"/>; stages without a parent are ready.</summary>
    /// <returns>The sweep's id.</returns>
    public Task<long> CreateSweepAsync(NewSweep plan, CancellationToken cancellation = default) =>
        DecideAsync(session => SweepCreation.Create(session, plan), cancellation);

    /// <summary>Stores a sweep whose runs are over with what they measured elsewhere; it has ended, and nothing of it is ever trained.</summary>
    /// <param name="plan">The sweep; each of its runs is one stage.</param>
    /// <param name="runs">For each of the plan's runs what is known of it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The sweep's id.</returns>
    public Task<long> ImportSweepAsync(NewSweep plan, IReadOnlyList<MeasuredRun> runs, CancellationToken cancellation = default) =>
        DecideAsync(session => SweepImporting.Import(session, plan, runs), cancellation);

    /// <summary>Adds a configuration that a sweep's search has chosen, or one more seed of its rule.</summary>
    /// <param name="sweepId">The sweep, which is searching; of one that is not: nothing.</param>
    /// <param name="growth">What is added; null when the search has come to its end.</param>
    /// <param name="isLast">Whether the search is over with it.</param>
    /// <param name="refused">What the search chose before and cannot be trained, a sentence each.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task SearchOnAsync(long sweepId, SweepGrowth? growth, bool isLast, IReadOnlyList<string> refused, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (!sweep.IsSearching || sweep.State != SweepState.Running) return false;
        foreach (var why in refused) session.AddEvent(sweepId, "configuration.refused", why);
        if (growth is not null) SweepCreation.Grow(session, sweep, growth);
        if (growth is null || isLast) StageTransitions.SearchEnded(session, sweep);
        return true;
    }, cancellation);

    /// <summary>Stops configurations early: stages that no other run needs are not trained further.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="fileHash">Hash of the file by which the ordinals are meant; of a sweep that was extended since: nothing.</param>
    /// <param name="ordinals">The configurations, by their ordinals.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task PruneAsync(long sweepId, string fileHash, IReadOnlyCollection<int> ordinals, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (sweep.FileHash != fileHash) return false;
        StageTransitions.Pruned(session, sweep, ordinals);
        return true;
    }, cancellation);

    /// <summary>Takes a changed file of a sweep: adds what is new in it and makes runs longer; a sweep that had ended goes on.</summary>
    /// <exception cref="ResultsException">There is no such sweep, it was cancelled, or the stages that it would go on from have changed.</exception>
    public Task ExtendSweepAsync(long sweepId, SweepExtension extension, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        SweepExtending.Extend(session, Find(session, sweepId), extension);
        return true;
    }, cancellation);

    /// <summary>Pauses a running sweep: nothing of it is claimed any more, and its workers are asked to end. Of one that is not running: nothing.</summary>
    public Task PauseSweepAsync(long sweepId, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (sweep.State != SweepState.Running) return false;
        sweep.State = SweepState.Paused;
        session.AddEvent(sweepId, "sweep.paused", $"{sweep.Name} was paused.");
        return true;
    }, cancellation);

    /// <summary>Lets a paused sweep go on. Of one that is not paused: nothing.</summary>
    public Task ResumeSweepAsync(long sweepId, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (sweep.State != SweepState.Paused) return false;
        sweep.State = SweepState.Running;
        session.AddEvent(sweepId, "sweep.resumed", $"{sweep.Name} goes on.");
        return true;
    }, cancellation);

    /// <summary>Lets no more runs begin; the sweep ends when those that have begun do. Of one that has ended: nothing.</summary>
    public Task StopSweepAsync(long sweepId, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (sweep.HasEnded || sweep.IsStopping) return false;
        session.AddEvent(sweepId, "sweep.stopping", $"{sweep.Name} ends with the runs that have begun.");
        StageTransitions.Stopping(session, sweep);
        return true;
    }, cancellation);

    /// <summary>Ends a sweep for good. Of one that has ended: nothing.</summary>
    public Task CancelSweepAsync(long sweepId, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (sweep.HasEnded) return false;
        StageTransitions.Cancelled(session, sweep);
        session.AddEvent(sweepId, "sweep.cancelled", $"{sweep.Name} was cancelled.");
        return true;
    }, cancellation);

    /// <summary>Stores the answer of a sweep.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="verdict">In words.</param>
    /// <param name="summaryJson">In numbers, as JSON.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task SetAnswerAsync(long sweepId, string verdict, string summaryJson, CancellationToken cancellation = default) =>
        DecideAsync(session =>
        {
            var sweep = Find(session, sweepId);
            sweep.Verdict = verdict;
            sweep.SummaryJson = summaryJson;
            return true;
        }, cancellation);

    /// <summary>Remembers a machine and its slots (a JSON array).</summary>
    public Task SeeMachineAsync(string machineId, string slotsJson, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        if (session.Context.Machines.Find(machineId) is { } machine)
        {
            machine.SlotsJson = slotsJson;
            machine.LastSeenAt = session.Now;
        }
        else
        {
            session.Context.Machines.Add(new MachineRecord
            {
                Id = machineId, SlotsJson = slotsJson, FirstSeenAt = session.Now, LastSeenAt = session.Now,
            });
        }
        return true;
    }, cancellation);

    /// <summary>Lets a machine take no more work, or work again.</summary>
    /// <returns>False when there is no such machine.</returns>
    public Task<bool> DrainMachineAsync(string machineId, Drain drain, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        if (session.Context.Machines.Find(machineId) is not { } machine) return false;
        if (machine.Drain == drain) return true;
        machine.Drain = drain;
        session.AddEvent(null, drain == Drain.None ? "machine.resumed" : "machine.draining", drain switch
        {
            Drain.None => $"{machineId} takes work again.",
            Drain.WhenDone => $"{machineId} takes no more work; what it executes goes on to its end.",
            _ => $"{machineId} takes no more work; what it executes goes on elsewhere.",
        });
        return true;
    }, cancellation);

    /// <summary>Forgets a machine, whose attempts stay; an agent of its name makes it known again.</summary>
    /// <returns>False when there is no such machine.</returns>
    public Task<bool> ForgetMachineAsync(string machineId, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        if (session.Context.Machines.Find(machineId) is not { } machine) return false;
        session.Context.Machines.Remove(machine);
        session.AddEvent(null, "machine.forgotten", $"{machineId} was forgotten.");
        return true;
    }, cancellation);

    /// <summary>Stores why no machine can take the stages of a sweep; null when one can.</summary>
    public Task SetWaitsForAsync(long sweepId, string? why, CancellationToken cancellation = default) => DecideAsync(session =>
    {
        var sweep = Find(session, sweepId);
        if (sweep.WaitsFor == why) return false;
        sweep.WaitsFor = why;
        session.AddEvent(sweepId, why is null ? "sweep.placeable" : "sweep.unplaceable", why ?? $"A machine can take the stages of {sweep.Name} now.");
        return true;
    }, cancellation);

    /// <summary>
    /// Begins the next attempt of a ready stage. Points of earlier attempts after the checkpoint that it starts from become void.
    /// </summary>
    /// <returns>What to do, or null when the stage is not to be claimed (any more).</returns>
    public Task<AttemptStart?> BeginAttemptAsync(AttemptClaim claim, CancellationToken cancellation = default) =>
        DecideAsync(session => AttemptWrites.Begin(session, claim), cancellation);

    /// <summary>Stores metric points; a batch that comes again changes nothing.</summary>
    public async Task<AttemptStanding> RecordPointsAsync(
        long stageId, int attempt, IReadOnlyList<MetricPoint> points, CancellationToken cancellation = default) =>
        (await RecordPointsToJudgeAsync(stageId, attempt, points, cancellation)).Standing;

    /// <summary>The same, and says whether configurations are to be judged by them.</summary>
    public Task<RecordedPoints> RecordPointsToJudgeAsync(
        long stageId, int attempt, IReadOnlyList<MetricPoint> points, CancellationToken cancellation = default) =>
        WritePointsAsync(session => AttemptWrites.Points(session, stageId, attempt, points), cancellation);

    /// <summary>Stores a text of a stage's model; one that comes again changes nothing.</summary>
    public Task<AttemptStanding> RecordSampleAsync(long stageId, int attempt, TextSample sample, CancellationToken cancellation = default) =>
        WritePointsAsync(session => AttemptWrites.Sample(session, stageId, attempt, sample), cancellation);

    /// <summary>Stores that a checkpoint is complete on disk, which discards the stage's earlier ones; one that comes again changes nothing.</summary>
    public Task<AttemptStanding> RecordCheckpointAsync(
        long stageId, int attempt, CheckpointNotice checkpoint, CancellationToken cancellation = default) =>
        DecideAsync(session => AttemptWrites.Checkpoint(session, stageId, attempt, checkpoint), cancellation);

    /// <summary>Forgets discarded checkpoints whose files are gone.</summary>
    public Task ForgetDiscardedCheckpointsAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation = default) => WritePointsAsync(session =>
    {
        session.Context.DiscardedCheckpoints.RemoveRange(session.Context.DiscardedCheckpoints.Where(checkpoint => paths.Contains(checkpoint.Path)));
        return true;
    }, cancellation);

    /// <summary>Ends the newest attempt of a stage and moves the stage, its runs and its sweep on, all in one.</summary>
    /// <param name="stageId">The stage.</param>
    /// <param name="attempt">The fencing number.</param>
    /// <param name="decide">What becomes of the stage as it stands, or null to change nothing; asked in the transaction, perhaps more than once.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Null when the attempt has ended before, a newer one exists or it was decided so; then nothing changes.</returns>
    /// <exception cref="ResultsException">It claims completion without a stored checkpoint at the stage's end.</exception>
    public Task<EndedAttempt?> EndAttemptAsync(long stageId, int attempt, Func<AttemptedStage, AttemptEnd?> decide, CancellationToken cancellation = default) =>
        DecideAsync(session => AttemptWrites.End(session, stageId, attempt, decide), cancellation);

    /// <summary>Takes back that the newest attempt of a stage was lost: its worker is alive and simply goes on.</summary>
    /// <returns>False when it is too late for that.</returns>
    public Task<bool> ReviveAttemptAsync(long stageId, int attempt, CancellationToken cancellation = default) =>
        DecideAsync(session => AttemptWrites.Revive(session, stageId, attempt), cancellation);

    /// <summary>Commits what is waiting, closes the database and lets other processes have it.</summary>
    public async ValueTask DisposeAsync()
    {
        // The writer last: it takes the write-ahead log into the file when nobody else has it open.
        Queries.Close();
        await writer.DisposeAsync();
    }

    internal Task<T> DecideAsync<T>(Func<WriteSession, T> action, CancellationToken cancellation = default) =>
        writer.WriteAsync(action, isDurable: true, cancellation);

    internal Task<T> WritePointsAsync<T>(Func<WriteSession, T> action, CancellationToken cancellation = default) =>
        writer.WriteAsync(action, isDurable: false, cancellation);

    private static SweepRecord Find(WriteSession session, long sweepId) => session.Context.Sweeps.Find(sweepId)
        ?? throw new ResultsException(ResultsFailure.Refused, $"There is no sweep {sweepId}: `sweeps list` shows those there are.");
}
