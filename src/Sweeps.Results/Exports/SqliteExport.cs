using System.Globalization;
using Microsoft.Data.Sqlite;
using Sweeps.Results.Files;
using Sweeps.Results.Writing;

namespace Sweeps.Results.Exports;

/// <summary>
/// A results database with one sweep in it. Stages that it took over from other sweeps become its own, so that its curves are whole. Left
/// out is what means nothing elsewhere or is nobody else's business: machines, tokens' hashes, checkpoints, the directory of a command. What
/// was under way is written as lost and a running sweep as paused, as a head would find them whose machines are gone.
/// </summary>
internal static class SqliteExport
{
    /// <summary>The rows that are copied, by table; parents come before what refers to them.</summary>
    private static readonly (string Table, string Condition)[] Rows =
    [
        ("sweeps", "id = $sweep"),
        ("configurations", "sweep_id = $sweep"),
        ("stages", "id IN (SELECT id FROM kept)"),
        ("runs", "sweep_id = $sweep"),
        ("run_stages", "run_id IN (SELECT id FROM home.runs WHERE sweep_id = $sweep)"),
        ("attempts", "stage_id IN (SELECT id FROM kept)"),
        ("metric_names", "id IN (SELECT metric_id FROM home.metric_summaries WHERE stage_id IN (SELECT id FROM kept))"),
        ("metric_chunks", "stage_id IN (SELECT id FROM kept)"),
        ("samples", "stage_id IN (SELECT id FROM kept)"),
        ("events", "sweep_id = $sweep"),
    ];

    /// <summary>Columns that are not copied as they are.</summary>
    private static readonly Dictionary<string, string> Changed = new()
    {
        ["sweeps.state"] = "CASE state WHEN 'Running' THEN 'Paused' ELSE state END",
        ["sweeps.command_json"] = "json_set(command_json, '$.directory', '')",
        ["sweeps.reused_steps"] = "0",
        ["stages.sweep_id"] = "$sweep",
        ["stages.state"] = "CASE state WHEN 'Running' THEN 'Ready' ELSE state END",
        ["attempts.token_hash"] = "''",
        ["attempts.ended_at"] = "coalesce(ended_at, $now)",
        ["attempts.error"] = "CASE WHEN outcome IS NULL THEN 'It was under way when the sweep was exported.' ELSE error END",
        ["attempts.outcome"] = "coalesce(outcome, 'Lost')",
    };

    public static async Task WriteAsync(string home, long sweepId, Stream stream, CancellationToken cancellation)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sweeps-export-{Guid.NewGuid():N}.db");
        try
        {
            await Task.Run(() => Copy(home, path, sweepId), cancellation);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
            await file.CopyToAsync(stream, cancellation);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Summaries are made from the points anew: they may be the reason for the export.</summary>
    private static void Summarise(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var statements = new PreparedStatements(connection);
        var curves = statements.Prepare("SELECT DISTINCT stage_id, metric_id FROM main.metric_chunks");
        var metrics = new MetricStatements(statements);
        statements.Enlist(transaction);
        var keys = new List<(long Stage, long Metric)>();
        using (var reader = curves.Read())
            while (reader.Read()) keys.Add((reader.GetInt64(0), reader.GetInt64(1)));
        foreach (var (stage, metric) in keys) metrics.Summarise(stage, metric);
    }

    private static void Copy(string home, string path, long sweepId)
    {
        try
        {
            // As addresses, by which the home is attached for reading alone.
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = new Uri(path).AbsoluteUri, Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true, Pooling = false,
            }.ToString());
            connection.Open();
            Schema.Migrate(connection, path, Schema.Steps);
            Execute("ATTACH $home AS home", ("$home", new Uri(home).AbsoluteUri + "?mode=ro"));
            using var transaction = connection.BeginTransaction();
            Execute(
                """
                CREATE TEMP TABLE kept AS WITH RECURSIVE whole (id) AS (
                    SELECT id FROM home.stages WHERE sweep_id = $sweep
                    UNION SELECT p.stage_id FROM home.runs r JOIN home.run_stages p ON p.run_id = r.id WHERE r.sweep_id = $sweep
                    UNION SELECT s.parent_id FROM whole w JOIN home.stages s ON s.id = w.id WHERE s.parent_id IS NOT NULL)
                SELECT id FROM whole
                """, ("$sweep", sweepId));
            foreach (var (table, condition) in Rows)
            {
                var columns = Columns(table);
                var values = columns.Select(column => Changed.GetValueOrDefault($"{table}.{column}", column));
                Execute($"INSERT INTO main.{table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM home.{table} WHERE {condition}",
                    ("$sweep", sweepId), ("$now", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            }
            Summarise(connection, transaction);
            transaction.Commit();

            void Execute(string sql, params (string Name, object Value)[] parameters)
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                foreach (var (name, value) in parameters)
                    if (sql.Contains(name, StringComparison.Ordinal)) command.Parameters.AddWithValue(name, value);
                command.ExecuteNonQuery();
            }

            string[] Columns(string table)
            {
                using var command = connection.CreateCommand();
                command.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT name FROM pragma_table_info('{table}')");
                using var reader = command.ExecuteReader();
                var names = new List<string>();
                while (reader.Read()) names.Add(reader.GetString(0));
                return [.. names];
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_IOERR)
        {
            throw new IOException($"The export cannot be put together in {Path.GetDirectoryName(path)} ({exception.Message}): make room there, or name another directory in TMPDIR.", exception);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain(exception, home);
        }
    }
}
