using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Sweeps.Core.Commands;
using Sweeps.Results.Access;
using Sweeps.Results.Databases;
using Sweeps.Results.Files;
using Sweeps.Results.Nightly;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>
/// Reads of a results database. Each has a connection of its own and sees what was committed when it began; any process may read
/// while another writes.
/// </summary>
public sealed partial class ResultsQueries
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly PooledDbContextFactory<ResultsContext> contexts;
    private readonly ResultsDatabase database;

    internal ResultsQueries(ResultsDatabase database)
    {
        this.database = database;
        var options = new DbContextOptionsBuilder<ResultsContext>();
        database.UseForReading(options);
        contexts = new PooledDbContextFactory<ResultsContext>(options.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
        Nightly = new NightlyQueries(this);
        Tokens = new TokenQueries(this);
    }

    /// <summary>Nightly jobs and their nights.</summary>
    public NightlyQueries Nightly { get; }

    /// <summary>Tokens and the sessions of browsers.</summary>
    public TokenQueries Tokens { get; }

    /// <summary>Whether there is a database of results at an address.</summary>
    /// <exception cref="ResultsException">That cannot be told.</exception>
    public static Task<bool> ExistAsync(string address) => Task.Run(ResultsDatabase.Of(address).Exists);

    /// <summary>Opens a database for reading alone, also while another process writes to it. An older one is brought forward first.</summary>
    /// <param name="address">A file, or <c>postgres://user@host:port/name</c>.</param>
    /// <exception cref="ResultsException">There is none, it is of a newer schema or damaged.</exception>
    public static async Task<ResultsQueries> OpenAsync(string address) => await OpenIfExistsAsync(address)
        ?? throw new ResultsException(ResultsFailure.Refused, $"There are no results yet: {ResultsDatabase.Of(address).Address} does not exist; `sweeps run FILE` makes it.");

    /// <summary>The same, where there is one; null where there are no results yet.</summary>
    /// <exception cref="ResultsException">It is of a newer schema, damaged or out of reach.</exception>
    public static async Task<ResultsQueries?> OpenIfExistsAsync(string address)
    {
        var database = ResultsDatabase.Of(address);
        if (!await ExistAsync(address)) return null;
        var queries = new ResultsQueries(database);
        var version = await queries.ReadAsync(context => database.SchemaVersion(Open(context), Schema.Steps.Count));
        if (version < Schema.Steps.Count) await (await ResultsStore.OpenAsync(database.Address)).DisposeAsync();
        return queries;
    }

    /// <summary>All sweeps, newest first.</summary>
    public Task<IReadOnlyList<SweepOverview>> SweepsAsync() => ReadAsync<IReadOnlyList<SweepOverview>>(context =>
    {
        var sweeps = context.Sweeps.OrderByDescending(sweep => sweep.Id).ToList();
        return [.. sweeps.Select(sweep => Overview(context, sweep))];
    });

    /// <summary>One sweep and how far it is, or null.</summary>
    public Task<SweepOverview?> SweepAsync(long sweepId) => ReadAsync(context =>
        context.Sweeps.SingleOrDefault(sweep => sweep.Id == sweepId) is { } sweep ? Overview(context, sweep) : null);

    /// <summary>The sweep with this id, or null.</summary>
    public Task<SweepRecord?> FindSweepAsync(long sweepId) =>
        ReadAsync(context => context.Sweeps.SingleOrDefault(sweep => sweep.Id == sweepId));

    /// <summary>The sweep with this id, or the newest with this name, or null.</summary>
    public Task<SweepRecord?> FindSweepAsync(string idOrName) => ReadAsync(context =>
        (long.TryParse(idOrName, out var id) ? context.Sweeps.SingleOrDefault(sweep => sweep.Id == id) : null)
        ?? context.Sweeps.Where(sweep => sweep.Name == idOrName).OrderByDescending(sweep => sweep.Id).FirstOrDefault());

    /// <summary>The newest sweep of this very file that is running or paused and no night of a job, or null.</summary>
    /// <param name="fileText">The file.</param>
    /// <param name="command">Its command with the directory that it is started in; null for the built-in trainer.</param>
    public Task<SweepRecord?> FindUnfinishedAsync(string fileText, CommandSpec? command = null)
    {
        var hash = ResultsStore.Hash(fileText);
        var json = CommandText.Write(command);
        return ReadAsync(context => context.Sweeps
            .Where(sweep => sweep.FileHash == hash && sweep.CommandJson == json && sweep.NightlyJob == null && (sweep.State == SweepState.Running || sweep.State == SweepState.Paused))
            .OrderByDescending(sweep => sweep.Id).FirstOrDefault());
    }

    /// <summary>The sweeps of a program, oldest first.</summary>
    public Task<IReadOnlyList<SweepRecord>> SweepsOfAsync(string program) => ReadAsync<IReadOnlyList<SweepRecord>>(context =>
        context.Sweeps.Where(sweep => sweep.Program == program).OrderBy(sweep => sweep.Id).ToList());

    /// <summary>Ids of the sweeps in a state, oldest first.</summary>
    public Task<IReadOnlyList<long>> SweepsInStateAsync(SweepState state) => ReadAsync<IReadOnlyList<long>>(context =>
        context.Sweeps.Where(sweep => sweep.State == state).OrderBy(sweep => sweep.Id).Select(sweep => sweep.Id).ToList());

    /// <summary>The configurations of a sweep in their order.</summary>
    public Task<IReadOnlyList<ConfigurationRecord>> ConfigurationsAsync(long sweepId) =>
        ReadAsync<IReadOnlyList<ConfigurationRecord>>(context => context.Configurations
            .Where(configuration => configuration.SweepId == sweepId).OrderBy(configuration => configuration.Ordinal).ToList());

    /// <summary>The runs of a sweep by configuration and seed, with their progress and the sweep's metric.</summary>
    public Task<IReadOnlyList<RunResult>> RunsAsync(long sweepId) => ReadAsync<IReadOnlyList<RunResult>>(context =>
    {
        using var command = Command(context,
            """
            SELECT r.id, c.id, c.ordinal, c.label, r.seed, r.state, coalesce(r.error, max(s.error)), r.steps,
                   max(CASE WHEN s.attempt > 0 OR w.program = 'import' THEN s.steps_done ELSE 0 END),
                   (SELECT m.last FROM run_stages p JOIN metric_summaries m ON m.stage_id = p.stage_id AND m.metric_id = n.id
                    WHERE p.run_id = r.id ORDER BY p.position DESC LIMIT 1),
                   min(x.min), max(x.max)
            FROM runs r
            JOIN configurations c ON c.id = r.configuration_id
            JOIN sweeps w ON w.id = r.sweep_id
            JOIN run_stages p ON p.run_id = r.id
            JOIN stages s ON s.id = p.stage_id
            LEFT JOIN metric_names n ON n.name = w.metric
            LEFT JOIN metric_summaries x ON x.stage_id = s.id AND x.metric_id = n.id
            WHERE r.sweep_id = $id
            GROUP BY r.id, c.id, n.id
            ORDER BY c.ordinal, r.seed
            """, ("id", sweepId));
        using var reader = command.ExecuteReader();
        var runs = new List<RunResult>();
        while (reader.Read())
        {
            runs.Add(new RunResult(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetString(3), reader.GetInt32(4),
                Enum.Parse<RunState>(reader.GetString(5)), reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetInt32(7),
                reader.GetInt32(8), reader.IsDBNull(9) ? null : reader.GetDouble(9), reader.IsDBNull(10) ? null : reader.GetDouble(10),
                reader.IsDBNull(11) ? null : reader.GetDouble(11)));
        }
        return runs;
    });

    /// <summary>Whether a run of a sweep waits or is under way.</summary>
    public Task<bool> HasOpenRunAsync(long sweepId) =>
        ReadAsync(context => context.Runs.Any(run => run.SweepId == sweepId && (run.State == RunState.Waiting || run.State == RunState.Running)));

    /// <summary>The stages of a sweep.</summary>
    public Task<IReadOnlyList<StageRecord>> StagesAsync(long sweepId) => ReadAsync<IReadOnlyList<StageRecord>>(context =>
        context.Stages.Where(stage => stage.SweepId == sweepId).OrderBy(stage => stage.Id).ToList());

    /// <summary>The way of each run of a sweep through stages, also those of other sweeps, by configuration and seed.</summary>
    public Task<IReadOnlyList<RunPath>> PathsAsync(long sweepId) => ReadAsync<IReadOnlyList<RunPath>>(context =>
        [.. (from run in context.Runs
             where run.SweepId == sweepId
             join configuration in context.Configurations on run.ConfigurationId equals configuration.Id
             join step in context.RunStages on run.Id equals step.RunId
             join stage in context.Stages on step.StageId equals stage.Id
             orderby configuration.Ordinal, run.Seed, step.Position
             select new { RunId = run.Id, Stage = new PathStage(stage.Id, stage.SweepId, stage.FromStep, stage.ToStep, stage.State, stage.Device) }).ToList()
            .GroupBy(row => row.RunId).Select(run => new RunPath(run.Key, [.. run.Select(row => row.Stage)]))]);

    /// <summary>Names of the machines that attempts of a sweep ran on.</summary>
    public Task<IReadOnlyList<string>> MachinesOfAsync(long sweepId) => ReadAsync<IReadOnlyList<string>>(context =>
        (from stage in context.Stages
         where stage.SweepId == sweepId
         join attempt in context.Attempts on stage.Id equals attempt.StageId
         select attempt.MachineId).Distinct().OrderBy(machine => machine).ToList());

    /// <summary>The stages, of any sweep, of runs with one of these <see cref="StageRecord.Origin"/>s.</summary>
    public Task<IReadOnlyList<KnownStage>> StagesOfAsync(IReadOnlyCollection<string> origins) => ReadAsync<IReadOnlyList<KnownStage>>(context =>
    {
        using var command = Command(context,
            $"""
            SELECT s.id, s.sweep_id, s.parent_id, s.from_step, s.to_step, s.origin, s.identity, s.state, s.device, s.inputs, c.path, c.bytes
            FROM {database.Texts("$origins")} o
            JOIN stages s ON s.origin = o.value
            LEFT JOIN checkpoints c ON c.stage_id = s.id AND c.step = s.to_step
            """, ("origins", JsonSerializer.Serialize(origins)));
        using var reader = command.ExecuteReader();
        var stages = new List<KnownStage>();
        while (reader.Read())
        {
            stages.Add(new KnownStage(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.GetInt32(3), reader.GetInt32(4),
                reader.GetString(5), reader.GetString(6), Enum.Parse<StageState>(reader.GetString(7)), Text(8), Text(9), Text(10), reader.IsDBNull(11) ? 0 : reader.GetInt64(11)));
        }
        return stages;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    });

    /// <summary>Whether any stage can be told to be the same as another.</summary>
    public Task<bool> HasKnownStagesAsync() => ReadAsync(context => context.Stages.Any(stage => stage.Origin != null));

    /// <summary>One stage, or null.</summary>
    public Task<StageRecord?> StageAsync(long stageId) =>
        ReadAsync(context => context.Stages.SingleOrDefault(stage => stage.Id == stageId));

    /// <summary>The checkpoints of a stage that are kept, earliest step first.</summary>
    public Task<IReadOnlyList<CheckpointRecord>> CheckpointsAsync(long stageId) =>
        ReadAsync<IReadOnlyList<CheckpointRecord>>(context => context.Checkpoints
            .Where(checkpoint => checkpoint.StageId == stageId).OrderBy(checkpoint => checkpoint.Step).ToList());

    /// <summary>Paths of checkpoints that nothing goes on from any more and whose files may still be there; some of them when there are very many.</summary>
    public Task<IReadOnlyList<string>> DiscardedCheckpointsAsync() => ReadAsync<IReadOnlyList<string>>(context =>
        context.DiscardedCheckpoints.OrderBy(checkpoint => checkpoint.Path).Select(checkpoint => checkpoint.Path).Take(500).ToList());

    /// <summary>Paths of all checkpoints that are registered, and of those that are discarded.</summary>
    public Task<IReadOnlySet<string>> CheckpointPathsAsync() => ReadAsync<IReadOnlySet<string>>(context =>
        context.Checkpoints.Select(checkpoint => checkpoint.Path).Concat(context.DiscardedCheckpoints.Select(checkpoint => checkpoint.Path))
            .ToHashSet(StringComparer.Ordinal));

    /// <summary>Sweeps that have ended and whose answer is not stored, oldest first.</summary>
    public Task<IReadOnlyList<long>> SweepsWithoutAnswerAsync() => ReadAsync<IReadOnlyList<long>>(context =>
        context.Sweeps.Where(sweep => sweep.FinishedAt != null && sweep.SummaryJson == null).OrderBy(sweep => sweep.Id).Select(sweep => sweep.Id).ToList());

    /// <summary>The checkpoint of a run with the most steps, of any stage on its path, or null.</summary>
    public Task<CheckpointRecord?> NewestCheckpointAsync(long runId) => ReadAsync(context =>
        (from step in context.RunStages
         where step.RunId == runId
         join checkpoint in context.Checkpoints on step.StageId equals checkpoint.StageId
         orderby checkpoint.Step descending, step.Position descending
         select checkpoint).FirstOrDefault());

    /// <summary>Events after one, in order.</summary>
    /// <param name="after">Id of the last event that is known, 0 for all.</param>
    /// <param name="sweepId">Of one sweep, or null for all.</param>
    /// <param name="limit">At most so many.</param>
    public Task<IReadOnlyList<EventRecord>> EventsAsync(long after = 0, long? sweepId = null, int limit = 1000) =>
        ReadAsync<IReadOnlyList<EventRecord>>(context => context.Events
            .Where(happened => happened.Id > after && (sweepId == null || happened.SweepId == sweepId))
            .OrderBy(happened => happened.Id).Take(limit).ToList());

    /// <summary>Closes pooled connections, so that a file can be moved or removed.</summary>
    internal void Close()
    {
        using var context = contexts.CreateDbContext();
        database.ClosePool(context.Database.GetDbConnection());
    }

    private static SweepOverview Overview(ResultsContext context, SweepRecord sweep)
    {
        var runs = context.Runs.Where(run => run.SweepId == sweep.Id);
        var stages = context.Stages.Where(stage => stage.SweepId == sweep.Id);
        return new SweepOverview(sweep,
            context.Configurations.Count(configuration => configuration.SweepId == sweep.Id),
            runs.Count(), runs.Count(run => run.State == RunState.Completed), runs.Count(run => run.State == RunState.Failed), runs.Count(run => run.State == RunState.Pruned),
            stages.Where(stage => stage.Attempt > 0).Sum(stage => (long)(stage.StepsDone - stage.FromStep)),
            stages.Sum(stage => stage.State != StageState.Cancelled ? stage.ToStep - stage.FromStep : stage.Attempt > 0 ? (long)(stage.StepsDone - stage.FromStep) : 0), runs.Sum(run => (long)run.Steps));
    }

    private static string LabelOf(ResultsContext context, long stageId) =>
        (from step in context.RunStages
         where step.StageId == stageId
         join run in context.Runs on step.RunId equals run.Id
         join configuration in context.Configurations on run.ConfigurationId equals configuration.Id
         orderby configuration.Ordinal
         select configuration.Label).First();

    private static double? LastOf(ResultsContext context, long stageId, string metric) => context.Database.SqlQuery<double?>(
        $"""
        SELECT m.last AS "Value" FROM metric_summaries m JOIN metric_names n ON n.id = m.metric_id
        WHERE m.stage_id = {stageId} AND n.name = {metric}
        """).FirstOrDefault();

    /// <summary>Lets all that is read until it is disposed of be what was committed when the first of it was.</summary>
    private DbTransaction Snapshot(ResultsContext context)
    {
        var snapshot = database.Snapshot(Open(context));
        context.Database.UseTransaction(snapshot);
        return snapshot;
    }

    private static DbConnection Open(ResultsContext context)
    {
        var connection = context.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open) connection.Open();
        return connection;
    }

    private static DbCommand Command(ResultsContext context, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Open(context).CommandOf(sql, parameters);

    /// <summary>Reads in one snapshot, a part after the other as it is needed. Only failures of the database are explained: others may be of what the caller writes to.</summary>
    internal Task ReadAsync(Func<ResultsContext, DbTransaction, Task> read) => Task.Run(async () =>
    {
        try
        {
            using var context = contexts.CreateDbContext();
            try
            {
                using var snapshot = Snapshot(context);
                await read(context, snapshot);
            }
            finally
            {
                context.Database.GetDbConnection().Close();
            }
        }
        catch (Exception exception) when (exception is InvalidDataException || database.IsOfDatabase(exception))
        {
            throw database.Explain(exception);
        }
    });

    /// <summary>Reads. A server that is lost is waited for.</summary>
    internal Task<T> ReadAsync<T>(Func<ResultsContext, T> query) => Task.Run(async () =>
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return Read(query);
            }
            catch (Exception exception) when (database.IsConnectionLost(exception) && Stopwatch.GetElapsedTime(began) < database.Patience)
            {
                await Task.Delay(RetryAfter);
            }
            catch (Exception exception) when (database.Explain(exception) is var explained && explained != exception)
            {
                throw explained;
            }
        }
    });

    private T Read<T>(Func<ResultsContext, T> query)
    {
        // One that was used before: a new one costs more than most reads.
        using var context = contexts.CreateDbContext();
        try
        {
            return query(context);
        }
        finally
        {
            context.Database.GetDbConnection().Close();
        }
    }
}
