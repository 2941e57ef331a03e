using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Sweeps.Results.Databases;
using Sweeps.Results.Files;
using Sweeps.Results.Records;
using Sweeps.Results.Writing;

namespace Sweeps.Results.Exports;

/// <summary>
/// A results database with one sweep in it, a file wherever the sweep itself is. Stages that it took over from other sweeps become its own, so that its
/// curves are whole. Left out is what means nothing elsewhere or is nobody else's business: machines, tokens' hashes, checkpoints, the directory of a
/// command. What was under way is written as lost and a running sweep as paused, as a head would find them whose machines are gone.
/// </summary>
internal static class SqliteExport
{
    /// <summary>The rows that are copied, by table; parents come before what refers to them.</summary>
    private static readonly (string Table, string Condition)[] Rows =
    [
        ("sweeps", "id = $sweep"),
        ("configurations", "sweep_id = $sweep"),
        ("stages", "id IN (SELECT id FROM kept) ORDER BY id"),
        ("runs", "sweep_id = $sweep"),
        ("run_stages", "run_id IN (SELECT id FROM runs WHERE sweep_id = $sweep)"),
        ("attempts", "stage_id IN (SELECT id FROM kept)"),
        ("metric_names", "id IN (SELECT metric_id FROM metric_summaries WHERE stage_id IN (SELECT id FROM kept))"),
        ("metric_chunks", "stage_id IN (SELECT id FROM kept)"),
        ("samples", "stage_id IN (SELECT id FROM kept)"),
        ("events", "sweep_id = $sweep"),
    ];

    /// <summary>The stages that the sweep's curves go through.</summary>
    private const string Kept =
        """
        WITH RECURSIVE kept (id) AS (
            SELECT id FROM (SELECT id FROM stages WHERE sweep_id = $sweep
                            UNION SELECT p.stage_id FROM runs r JOIN run_stages p ON p.run_id = r.id WHERE r.sweep_id = $sweep) own
            UNION SELECT s.parent_id FROM kept k JOIN stages s ON s.id = k.id WHERE s.parent_id IS NOT NULL)

        """;

    /// <summary>Columns that are not copied as they are.</summary>
    private static readonly Dictionary<string, string> Changed = new()
    {
        ["sweeps.state"] = "CASE state WHEN 'Running' THEN 'Paused' ELSE state END",
        ["sweeps.reused_steps"] = "0",
        ["stages.sweep_id"] = "$sweep",
        ["stages.state"] = "CASE state WHEN 'Running' THEN 'Ready' ELSE state END",
        ["attempts.token_hash"] = "''",
        ["attempts.ended_at"] = "coalesce(ended_at, $now)",
        ["attempts.error"] = "CASE WHEN outcome IS NULL THEN 'It was under way when the sweep was exported.' ELSE error END",
        ["attempts.outcome"] = "coalesce(outcome, 'Lost')",
    };

    public static async Task WriteAsync(DbTransaction snapshot, long sweepId, Stream stream, CancellationToken cancellation)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sweeps-export-{Guid.NewGuid():N}.db");
        try
        {
            Copy(snapshot, path, sweepId);
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
        var curves = statements.Prepare("SELECT DISTINCT stage_id, metric_id FROM metric_chunks");
        var metrics = new MetricStatements(statements);
        statements.Enlist(transaction);
        var keys = new List<(long Stage, long Metric)>();
        using (var reader = curves.Read())
            while (reader.Read()) keys.Add((reader.GetInt64(0), reader.GetInt64(1)));
        foreach (var (stage, metric) in keys) metrics.Summarise(stage, metric);
    }

    private static void Copy(DbTransaction snapshot, string path, long sweepId)
    {
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true, Pooling = false,
            }.ToString());
            connection.Open();
            Schema.Migrate(connection, path, Schema.Steps);
            using var transaction = connection.BeginTransaction();
            foreach (var (table, condition) in Rows) CopyRows(snapshot, transaction, table, condition, sweepId);
            Summarise(connection, transaction);
            transaction.Commit();
        }
        catch (SqliteException exception) when (snapshot.Connection is not SqliteConnection || exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_IOERR)
        {
            throw new IOException($"The export cannot be put together in {Path.GetDirectoryName(path)} ({exception.Message}): make room there, or name another directory in TMPDIR.", exception);
        }
    }

    private static void CopyRows(DbTransaction snapshot, SqliteTransaction transaction, string table, string condition, long sweepId)
    {
        var columns = Columns(transaction, table);
        var values = columns.Select(column => Changed.GetValueOrDefault($"{table}.{column}", column));
        using var select = snapshot.Connection!.CommandOf($"{(condition.Contains("kept", StringComparison.Ordinal) ? Kept : "")}SELECT {string.Join(", ", values)} FROM {table} WHERE {condition}",
            ("sweep", sweepId), ("now", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        select.Transaction = snapshot;
        using var statements = new PreparedStatements(transaction.Connection!);
        var insert = statements.Prepare($"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(column => $"$v_{column}"))})");
        statements.Enlist(transaction);
        var row = new object?[columns.Length];
        var command = table == "sweeps" ? Array.IndexOf(columns, "command_json") : -1;
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            reader.GetValues(row!);
            if (command >= 0 && row[command] is string json) row[command] = CommandText.Write(CommandText.Read(json)! with { Directory = "" });
            insert.Execute(row);
        }
    }

    private static string[] Columns(SqliteTransaction transaction, string table)
    {
        using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT name FROM pragma_table_info('{table}')");
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return [.. names];
    }
}
