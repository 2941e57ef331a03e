using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Sweeps.Results.Databases;
using Sweeps.Results.Files;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Integrity;

/// <summary>
/// Examines a results database and the checkpoints that it names; it never writes, and a head may work with the database meanwhile. What
/// the database says of itself is read in one snapshot. A server looks after its own pages and references; what is examined there is what
/// this program alone knows: the points, their summaries and the checkpoints.
/// </summary>
public sealed class DatabaseExamination
{
    /// <summary>How many of what is wrong in the same way are named.</summary>
    private const int Named = 3;

    private readonly string restore;
    private readonly bool deep;
    private readonly ResultsDatabase database;
    private readonly DbConnection connection;
    private readonly List<Finding> findings = [];
    private DbTransaction? snapshot;

    private DatabaseExamination(ResultsDatabase database, bool deep, DbConnection connection)
    {
        restore = RestoreOf(database);
        this.deep = deep;
        this.database = database;
        this.connection = connection;
    }

    private bool IsFile => connection is SqliteConnection;

    /// <summary>Examines one.</summary>
    /// <param name="address">The database, which is there: a file or <c>postgres://user@host:port/name</c>.</param>
    /// <param name="deep">Whether to read everything: indices, and the content of checkpoints.</param>
    /// <exception cref="ResultsException">It is none of ours, of a newer schema, or cannot be opened.</exception>
    public static Task<DatabaseHealth> RunAsync(string address, bool deep) => Task.Run(() =>
    {
        var database = ResultsDatabase.Of(address);
        try
        {
            using var connection = database.OpenForReading();
            database.SchemaVersion(connection, Schema.Steps.Count);
            return new DatabaseExamination(database, deep, connection).Run();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_CORRUPT)
        {
            return new DatabaseHealth(0, 0, 0, 0, false, [new Finding("it is damaged (its tables cannot be told)", RestoreOf(database))]);
        }
        catch (Exception exception) when (database.IsOfDatabase(exception))
        {
            throw database.Explain(exception);
        }
    });

    private static string RestoreOf(ResultsDatabase database) => database is SqliteDatabase
        && Directory.EnumerateFiles(Path.GetDirectoryName(database.Address)!, Path.GetFileName(database.Address) + ".schema-*.bak").OrderBy(File.GetLastWriteTimeUtc).LastOrDefault() is { } backup
        ? $"restore it from a backup (there is {backup}, made before its schema was brought forward), or move it away to begin with an empty one"
        : "restore it from a backup, or move it away to begin with an empty one";

    private DatabaseHealth Run()
    {
        long version, sweeps, points = 0, checkpoints;
        bool older;
        List<(long Stage, long Step, string File, string Problem)> lost;
        using (snapshot = database.Snapshot(connection))
        {
            version = database.SchemaVersion(connection, Schema.Steps.Count);
            older = version < Schema.Steps.Count;
            if (IsFile)
            {
                CheckPages();
                // What a damaged page holds tells nothing.
                if (findings.Count > 0) return new DatabaseHealth(0, 0, 0, version, older, findings);
                CheckReferences();
            }
            if (!older) points = CheckPoints();
            sweeps = Number("SELECT count(*) FROM sweeps");
            (checkpoints, lost) = CheckFiles();
        }
        snapshot = null;
        // A head may have discarded some of them meanwhile.
        lost.RemoveAll(checkpoint => Number($"SELECT count(*) FROM checkpoints WHERE stage_id = {Text(checkpoint.Stage)} AND step = {Text(checkpoint.Step)}") == 0);
        foreach (var problem in lost.GroupBy(checkpoint => checkpoint.Problem))
        {
            findings.Add(new Finding($"{Several(problem.Count(), "checkpoint")} {problem.Key}: {Names(problem.Select(checkpoint => checkpoint.File))}",
                "put the files back; without them, a stage that goes on from one trains the one before it again, and the others are needed for `sample` and `export` alone"));
        }
        return new DatabaseHealth(sweeps, points, checkpoints, version, older, findings);
    }

    private void CheckPages()
    {
        var problems = Rows(deep ? "PRAGMA integrity_check(10)" : "PRAGMA quick_check(10)", reader => reader.GetString(0)).Where(line => line != "ok").ToList();
        if (problems.Count > 0) findings.Add(new Finding($"it is damaged ({Names(problems.SelectMany(problem => problem.Split('\n')).Where(line => !line.StartsWith("***", StringComparison.Ordinal)))})", restore));
    }

    private void CheckReferences()
    {
        foreach (var broken in Rows("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2",
            reader => (From: reader.GetString(0), To: reader.GetString(1), Count: reader.GetInt64(2))))
            findings.Add(new Finding($"{Several(broken.Count, "row")} of {broken.From} refer to {broken.To} that are not there", restore));
    }

    /// <summary>Reads all points, and compares them with their chunks' other columns and the summaries.</summary>
    /// <returns>How many there are.</returns>
    private long CheckPoints()
    {
        var summaries = Rows("SELECT stage_id, metric_id, count, min, max, last, last_step FROM metric_summaries",
                reader => (Key: (reader.GetInt64(0), reader.GetInt64(1)), Summary: new PointSummary(reader.GetInt64(2), Value(reader, 3), Value(reader, 4), Value(reader, 5), reader.GetInt64(6))))
            .ToDictionary(row => row.Key, row => row.Summary);
        var (unreadable, wrong, unknown) = (new List<string>(), new List<(long Sweep, string Name)>(), 0L);
        var all = 0L;
        var curve = new List<CurvePoint>();
        ((long Stage, long Metric) Key, string Name, long? Sweep) current = default;
        var isWhole = true;
        foreach (var chunk in Rows(
            """
            SELECT c.stage_id, c.metric_id, n.name, s.sweep_id, c.first_step, c.last_step, c.count, c.data
            FROM metric_chunks c LEFT JOIN metric_names n ON n.id = c.metric_id LEFT JOIN stages s ON s.id = c.stage_id
            ORDER BY c.stage_id, c.metric_id, c.first_step
            """, reader => (Key: (Stage: reader.GetInt64(0), Metric: reader.GetInt64(1)), Name: reader.IsDBNull(2) ? null : reader.GetString(2), Sweep: reader.IsDBNull(3) ? (long?)null : reader.GetInt64(3),
                First: reader.GetInt64(4), Last: reader.GetInt64(5), Count: reader.GetInt64(6), Data: reader.GetFieldValue<byte[]>(7))))
        {
            if (chunk.Key != current.Key) Compare();
            if (chunk.Name is null || chunk.Sweep is null) unknown++;
            current = (chunk.Key, $"{chunk.Name} of stage {Text(chunk.Key.Stage)}", chunk.Sweep);
            var before = curve.Count;
            all += chunk.Count;
            if (CanRead(chunk.Data, curve) && curve.Count - before == chunk.Count && chunk.Count > 0 && (curve[before].Step, curve[^1].Step) == (chunk.First, chunk.Last)
                && Enumerable.Range(Math.Max(1, before), curve.Count - Math.Max(1, before)).All(i => curve[i].Step > curve[i - 1].Step)) continue;
            isWhole = false;
        }
        Compare();
        // Summaries of what has no points.
        wrong.AddRange(summaries.Keys.Select(key => (0L, $"metric {Text(key.Item2)} of stage {Text(key.Item1)}")));

        if (unreadable.Count > 0) findings.Add(new Finding($"the points of {Names(unreadable)} cannot be read", restore));
        if (unknown > 0) findings.Add(new Finding($"{Several(unknown, "chunk")} of metric points belong to no stage or metric", restore));
        if (wrong.Count > 0)
        {
            var sweep = wrong.Select(one => one.Sweep).FirstOrDefault(id => id > 0);
            findings.Add(new Finding($"the summaries of {Names(wrong.Select(one => one.Name))} are not those of their points",
                $"charts and statistics, which are made from the points, are right, but tables of runs are not: `sweeps export {(sweep > 0 ? Text(sweep) : "ID")} --format sqlite` writes a database with summaries made anew"));
        }
        return all;

        void Compare()
        {
            if (current.Name is null) return;
            var isKnown = summaries.Remove(current.Key, out var summary);
            if (!isWhole) unreadable.Add(current.Name);
            else if (!isKnown || summary != PointSummary.Of(curve)) wrong.Add((current.Sweep ?? 0, current.Name));
            isWhole = true;
            curve.Clear();
        }
    }

    private (long Count, List<(long Stage, long Step, string File, string Problem)> Lost) CheckFiles()
    {
        var lost = new List<(long, long, string, string)>();
        var count = 0L;
        foreach (var (stage, step, file, sha256, bytes) in Rows("SELECT stage_id, step, path, sha256, bytes FROM checkpoints ORDER BY stage_id, step",
            reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4))))
        {
            count++;
            if (ProblemOf(file, sha256, bytes) is { } problem) lost.Add((stage, step, file, problem));
        }
        return (count, lost);
    }

    private string? ProblemOf(string file, string sha256, long bytes)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists) return "missing";
            if (info.Length != bytes) return "not as long as recorded";
            if (!deep) return null;
            using var content = info.OpenRead();
            return Convert.ToHexStringLower(SHA256.HashData(content)) == sha256 ? null : "not with the content that was recorded";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "that cannot be read";
        }
    }

    private static bool CanRead(byte[] data, List<CurvePoint> points)
    {
        try
        {
            PointChunk.Read(data, points);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private IEnumerable<T> Rows<T>(string sql, Func<DbDataReader, T> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = snapshot;
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return row(reader);
    }

    private long Number(string sql) => Rows(sql, reader => reader.GetInt64(0)).Single();

    private static double Value(DbDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(Named)) + (all.Count > Named ? $" and {Text(all.Count - Named)} more" : "");
    }

    private static string Several(long count, string noun) => $"{Text(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
