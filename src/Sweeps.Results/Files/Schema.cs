using System.Globalization;
using Microsoft.Data.Sqlite;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Files;

/// <summary>
/// The database's tables as an ordered list of SQL steps; <c>PRAGMA user_version</c> counts those that a file has seen. A step is
/// never changed once released: what comes later is a new step at the end. Steps are written with SQLite's types (INTEGER, REAL, TEXT, BLOB) and in SQL that
/// PostgreSQL knows too, where <see cref="Databases.PostgresSchema"/> takes the same ones.
/// </summary>
internal static class Schema
{
    /// <summary><c>PRAGMA application_id</c> of our files: "SWEP".</summary>
    public const int ApplicationId = 0x53574550;

    /// <summary>The released steps.</summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE sweeps (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            description TEXT,
            file_text TEXT NOT NULL,
            file_hash TEXT NOT NULL,
            program TEXT NOT NULL,
            metric TEXT NOT NULL,
            target REAL,
            priority INTEGER NOT NULL,
            user_retries INTEGER NOT NULL,
            memory_retries INTEGER NOT NULL,
            machine_retries INTEGER NOT NULL,
            state TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            finished_at INTEGER,
            verdict TEXT,
            summary_json TEXT);
        CREATE INDEX sweeps_by_file ON sweeps (file_hash);
        CREATE INDEX sweeps_by_state ON sweeps (state);

        CREATE TABLE configurations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sweep_id INTEGER NOT NULL REFERENCES sweeps (id),
            ordinal INTEGER NOT NULL,
            label TEXT NOT NULL,
            is_baseline INTEGER NOT NULL,
            parameters_json TEXT NOT NULL);
        CREATE UNIQUE INDEX configurations_by_sweep ON configurations (sweep_id, ordinal);

        CREATE TABLE stages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sweep_id INTEGER NOT NULL REFERENCES sweeps (id),
            parent_id INTEGER REFERENCES stages (id),
            seed INTEGER NOT NULL,
            parameters_json TEXT NOT NULL,
            from_step INTEGER NOT NULL,
            to_step INTEGER NOT NULL,
            longest_path INTEGER NOT NULL,
            state TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            steps_done INTEGER NOT NULL,
            user_failures INTEGER NOT NULL,
            memory_failures INTEGER NOT NULL,
            machine_failures INTEGER NOT NULL,
            error TEXT);
        CREATE INDEX stages_by_sweep ON stages (sweep_id);
        CREATE INDEX stages_by_parent ON stages (parent_id);
        CREATE INDEX stages_to_run ON stages (sweep_id) WHERE state = 'Ready';

        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sweep_id INTEGER NOT NULL REFERENCES sweeps (id),
            configuration_id INTEGER NOT NULL REFERENCES configurations (id),
            seed INTEGER NOT NULL,
            steps INTEGER NOT NULL,
            state TEXT NOT NULL,
            error TEXT);
        CREATE INDEX runs_by_sweep ON runs (sweep_id);
        CREATE UNIQUE INDEX runs_by_configuration ON runs (configuration_id, seed);

        CREATE TABLE run_stages (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            position INTEGER NOT NULL,
            stage_id INTEGER NOT NULL REFERENCES stages (id),
            PRIMARY KEY (run_id, position)) WITHOUT ROWID;
        CREATE INDEX run_stages_by_stage ON run_stages (stage_id);

        CREATE TABLE machines (
            id TEXT PRIMARY KEY NOT NULL,
            slots_json TEXT NOT NULL,
            first_seen_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL);

        CREATE TABLE attempts (
            stage_id INTEGER NOT NULL REFERENCES stages (id),
            number INTEGER NOT NULL,
            machine_id TEXT NOT NULL,
            slot INTEGER NOT NULL,
            token_hash TEXT NOT NULL,
            resumed_from INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            outcome TEXT,
            last_step INTEGER,
            counted INTEGER NOT NULL,
            error TEXT,
            PRIMARY KEY (stage_id, number)) WITHOUT ROWID;
        CREATE INDEX attempts_open ON attempts (machine_id) WHERE outcome IS NULL;

        CREATE TABLE checkpoints (
            stage_id INTEGER NOT NULL REFERENCES stages (id),
            step INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (stage_id, step)) WITHOUT ROWID;

        CREATE TABLE metric_names (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE);

        CREATE TABLE metric_points (
            stage_id INTEGER NOT NULL,
            metric_id INTEGER NOT NULL,
            step INTEGER NOT NULL,
            value REAL,
            tokens INTEGER NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (stage_id, metric_id, step)) WITHOUT ROWID;

        CREATE TABLE metric_summaries (
            stage_id INTEGER NOT NULL,
            metric_id INTEGER NOT NULL,
            count INTEGER NOT NULL,
            min REAL,
            last REAL,
            last_step INTEGER NOT NULL,
            PRIMARY KEY (stage_id, metric_id)) WITHOUT ROWID;

        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            sweep_id INTEGER,
            kind TEXT NOT NULL,
            text TEXT NOT NULL);
        CREATE INDEX events_by_sweep ON events (sweep_id);
        """,
        // Metrics whose large values are good.
        """
        ALTER TABLE metric_summaries ADD COLUMN max REAL;
        UPDATE metric_summaries SET max = (SELECT max(p.value) FROM metric_points p
            WHERE p.stage_id = metric_summaries.stage_id AND p.metric_id = metric_summaries.metric_id);
        """,
        // Files of checkpoints that nothing goes on from any more.
        """
        CREATE TABLE discarded_checkpoints (
            path TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
        """,
        // Whether a sweep has an open run and a stage an unfinished child is asked at every end of a stage.
        """
        CREATE INDEX runs_open ON runs (sweep_id) WHERE state IN ('Waiting', 'Running');
        CREATE INDEX stages_unfinished ON stages (parent_id) WHERE state <> 'Completed';
        """,
        // Programs that are not the built-in trainer.
        """
        ALTER TABLE sweeps ADD COLUMN goal TEXT NOT NULL DEFAULT 'Minimize';
        UPDATE sweeps SET goal = 'Maximize' WHERE metric NOT IN ('val_loss', 'train_loss');
        ALTER TABLE sweeps ADD COLUMN command_json TEXT;
        ALTER TABLE attempts ADD COLUMN first_step INTEGER;
        ALTER TABLE attempts ADD COLUMN seconds_before REAL NOT NULL DEFAULT 0;
        """,
        // Searches that choose configurations while their sweep runs, and configurations that are stopped early.
        """
        ALTER TABLE sweeps ADD COLUMN is_searching INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE sweeps ADD COLUMN stops_early INTEGER NOT NULL DEFAULT 0;
        """,
        // By what later sweeps find stages that were trained as theirs would be.
        """
        ALTER TABLE stages ADD COLUMN origin TEXT;
        ALTER TABLE stages ADD COLUMN identity TEXT;
        ALTER TABLE stages ADD COLUMN device TEXT;
        ALTER TABLE stages ADD COLUMN inputs TEXT;
        ALTER TABLE sweeps ADD COLUMN reused_steps INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX stages_by_origin ON stages (origin) WHERE origin IS NOT NULL;
        """,
        // Pausing, which was called stopping, and stopping, which lets the runs that have begun finish.
        """
        UPDATE sweeps SET state = 'Paused' WHERE state = 'Stopped';
        ALTER TABLE sweeps ADD COLUMN is_stopping INTEGER NOT NULL DEFAULT 0;
        """,
        "ALTER TABLE sweeps ADD COLUMN sharing TEXT NOT NULL DEFAULT 'All'",
        // Which program planned a sweep, for its report.
        """
        ALTER TABLE sweeps ADD COLUMN code_version TEXT;
        """,
        // Metric points in chunks, by which a file is half as large and curves are read ten times as fast. The rows have an id, so that a chunk
        // that grows stays where it is. 110 points fit into a chunk whatever they are.
        $"""
        CREATE TABLE metric_chunks (
            id INTEGER PRIMARY KEY,
            stage_id INTEGER NOT NULL,
            metric_id INTEGER NOT NULL,
            first_step INTEGER NOT NULL,
            last_step INTEGER NOT NULL,
            count INTEGER NOT NULL,
            data BLOB NOT NULL);
        INSERT INTO metric_chunks (stage_id, metric_id, first_step, last_step, count, data)
            SELECT stage_id, metric_id, min(step), max(step), count(*), {PackPoints}(step, value, tokens, seconds)
            FROM (SELECT *, (row_number() OVER (PARTITION BY stage_id, metric_id ORDER BY step) - 1) / 110 AS chunk FROM metric_points)
            GROUP BY stage_id, metric_id, chunk;
        CREATE UNIQUE INDEX metric_chunks_by_stage ON metric_chunks (stage_id, metric_id, first_step);
        DROP TABLE metric_points;
        """,
        // Nightly jobs.
        """
        CREATE TABLE nightly_jobs (
            name TEXT PRIMARY KEY NOT NULL,
            file_path TEXT NOT NULL,
            file_text TEXT NOT NULL,
            subject TEXT NOT NULL,
            cron TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            nights INTEGER NOT NULL,
            overlap TEXT NOT NULL,
            alert_json TEXT,
            is_paused INTEGER NOT NULL,
            added_at INTEGER NOT NULL,
            decided_until INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE nightly_results (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            job TEXT NOT NULL,
            night TEXT NOT NULL,
            due_at INTEGER NOT NULL,
            is_requested INTEGER NOT NULL,
            subject TEXT NOT NULL,
            state TEXT NOT NULL,
            sweep_id INTEGER REFERENCES sweeps (id),
            ended_at INTEGER,
            events TEXT NOT NULL,
            verdict TEXT,
            result_json TEXT,
            report TEXT,
            alert TEXT,
            is_alert_due INTEGER NOT NULL);
        CREATE INDEX nightly_results_by_job ON nightly_results (job, id);
        CREATE INDEX nightly_results_open ON nightly_results (state) WHERE state IN ('Waiting', 'Running');

        ALTER TABLE sweeps ADD COLUMN nightly_job TEXT;
        """,
        """
        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            hash TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER,
            last_used_at INTEGER);

        CREATE TABLE token_sessions (
            hash TEXT NOT NULL PRIMARY KEY,
            token_id INTEGER NOT NULL REFERENCES tokens (id),
            expires_at INTEGER NOT NULL) WITHOUT ROWID;
        """,
        // What an attempt takes of a machine, and machines that are to take no work.
        """
        ALTER TABLE sweeps ADD COLUMN gpus REAL;
        ALTER TABLE sweeps ADD COLUMN cpus INTEGER;
        ALTER TABLE sweeps ADD COLUMN memory_bytes INTEGER;
        ALTER TABLE sweeps ADD COLUMN waits_for TEXT;
        ALTER TABLE attempts ADD COLUMN more_slots TEXT;
        ALTER TABLE attempts ADD COLUMN share REAL NOT NULL DEFAULT 1;
        ALTER TABLE machines ADD COLUMN drain TEXT NOT NULL DEFAULT 'None';
        """,
        // Texts that models write at the end of their runs.
        """
        CREATE TABLE samples (
            stage_id INTEGER NOT NULL,
            number INTEGER NOT NULL,
            step INTEGER NOT NULL,
            prompt TEXT NOT NULL,
            text TEXT NOT NULL,
            expected TEXT,
            PRIMARY KEY (stage_id, number));
        """,
        // Time that a batch system is asked for.
        "ALTER TABLE sweeps ADD COLUMN time_seconds REAL",
    ];

    /// <summary>The aggregate function by which a step makes <see cref="PointChunk"/>s.</summary>
    public const string PackPoints = "pack_points";

    /// <summary>Brings the file forward to the last step, after copying an older one to <c>PATH.schema-N.bak</c>.</summary>
    /// <exception cref="ResultsException">The file is newer than this program, or none of ours.</exception>
    public static void Migrate(SqliteConnection connection, string path, IReadOnlyList<string> steps)
    {
        var version = CheckReadable(connection, path, steps.Count);
        if (version == steps.Count) return;
        if (version > 0) BackUp(connection, $"{path}.schema-{version}.bak");
        connection.CreateAggregate<long, double?, long, double, List<CurvePoint>?, byte[]?>(PackPoints, null, (points, step, value, tokens, seconds) =>
        {
            (points ??= []).Add(new CurvePoint(step, value ?? double.NaN, tokens, seconds));
            return points;
        }, points => points is null ? null : PointChunk.Write([.. points.OrderBy(point => point.Step)], out _));
        using var transaction = connection.BeginTransaction();
        foreach (var step in steps.Skip((int)version)) Execute(connection, transaction, step);
        Execute(connection, transaction, $"PRAGMA application_id = {ApplicationId}");
        Execute(connection, transaction, $"PRAGMA user_version = {steps.Count}");
        transaction.Commit();
    }

    /// <summary>Refuses files that this program cannot understand; older ones of ours pass.</summary>
    /// <returns>How many steps the file has seen.</returns>
    public static long CheckReadable(SqliteConnection connection, string path, int known)
    {
        var version = Number(connection, "PRAGMA user_version");
        var tables = Number(connection, "SELECT count(*) FROM sqlite_master");
        if (tables > 0 && Number(connection, "PRAGMA application_id") != ApplicationId)
            throw new ResultsException(ResultsFailure.Corrupt,
                $"{path} is a database of another program: move it away, or use another --home.");
        if (version > known)
            throw new ResultsException(ResultsFailure.NewerSchema,
                $"{path} was written by a newer version of sweeps (schema {version}, this one knows {known}): " +
                "update sweeps, or use another --home.");
        return version;
    }

    private static void BackUp(SqliteConnection connection, string path)
    {
        // VACUUM INTO wants no file there; the copy of an earlier try that failed half way is not worth keeping.
        File.Delete(path);
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $path";
        command.Parameters.AddWithValue("$path", path);
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
