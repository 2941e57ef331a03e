using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Databases;
using Sweeps.Results.Plans;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Tests;

/// <summary>A directory of its own with a database, gone after the test; or a server's database, and the directory for the rest.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <param name="address">The server's database; null for a file.</param>
    public TestDatabase(string? address = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("sweeps-results-").FullName;
        Path = address ?? System.IO.Path.Combine(Directory, "sweeps.db");
    }

    public string Directory { get; }

    /// <summary>The file, or the server's database.</summary>
    public string Path { get; }

    /// <summary>Runs that share nothing: each configuration and seed is one stage [0, steps).</summary>
    public static NewSweep Separate(int configurations, int seeds, int steps, string name = "separate") => new()
    {
        Name = name,
        FileText = $"name: {name}",
        Metric = "val_loss",
        Growth = new SweepGrowth
        {
            Configurations = [.. Enumerable.Range(0, configurations).Select(i => new NewConfiguration($"heads={i}", Heads(i), i == 0))],
            Stages = [.. from seed in Enumerable.Range(1, seeds)
                         from i in Enumerable.Range(0, configurations)
                         select new NewStage(null, Heads(i), seed, 0, steps)],
            Runs = [.. from seed in Enumerable.Range(1, seeds)
                       from i in Enumerable.Range(0, configurations)
                       select new NewRun(i, seed, [((seed - 1) * configurations) + i])],
        },
    };

    /// <summary>One trunk [0, 10) with two branches: run 0 ends at step 20, run 1 at step 30 after one more fork.</summary>
    public static NewSweep Shared() => new()
    {
        Name = "shared",
        FileText = "name: shared",
        Metric = "val_loss",
        Growth = new SweepGrowth
        {
            Configurations = [new("a", Heads(0), true), new("b", Heads(1)), new("c", Heads(2))],
            Stages = [new(null, Heads(0), 1, 0, 10), new(0, Heads(0), 1, 10, 20), new(0, Heads(1), 1, 10, 20), new(2, Heads(1), 1, 20, 30),
                new(2, Heads(2), 1, 20, 25)],
            Runs = [new(0, 1, [0, 1]), new(1, 1, [0, 2, 3]), new(2, 1, [0, 2, 4])],
        },
    };

    public static IReadOnlyDictionary<string, ParameterValue> Heads(long heads) =>
        new Dictionary<string, ParameterValue> { ["heads"] = ParameterValue.Of(heads) };

    public static AttemptClaim Claim(long stage, int slot = 0) => new(stage, "here", slot, ResultsStore.Hash("token"));

    public static MetricPoint Point(long step, double value, string metric = "val_loss") => new(metric, step, value, step * 100, step / 10.0);

    public static CheckpointNotice Checkpoint(long step, string path = "checkpoint") => new(step, $"{path}-{step}", "00", 1);

    public static AttemptEnd Completed(long step) => new(AttemptOutcome.Completed, step, null, Records.StageState.Completed);

    public static AttemptEnd Lost(long step = 0) => new(AttemptOutcome.Lost, step, "killed", Records.StageState.Ready);

    public Task<ResultsStore> OpenAsync() => ResultsStore.OpenAsync(Path);

    /// <summary>Runs SQL on a connection of the test's own; <c>metric_points</c> has the points that the chunks hold, as they are stored.</summary>
    public T Ask<T>(string sql)
    {
        using var connection = Connect();
        if (sql.Contains("metric_points", StringComparison.Ordinal) && !sql.Contains("INSERT", StringComparison.Ordinal)) Unpack(connection);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (command.ExecuteScalar() is not { } answer) return (T)Convert.ChangeType(0L, typeof(T));
        return (T)Convert.ChangeType(answer, typeof(T));
    }

    private DbConnection Connect()
    {
        if (PostgresAddress.IsOne(Path))
        {
            var settings = PostgresAddress.Parse(Path).ConnectionString();
            settings.Pooling = false;
            var server = new NpgsqlConnection(settings.ConnectionString);
            server.Open();
            return server;
        }
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Unpack(DbConnection connection)
    {
        using (var create = connection.CommandOf(
            "CREATE TEMP TABLE metric_points (stage_id BIGINT, metric_id BIGINT, step BIGINT, value DOUBLE PRECISION, tokens BIGINT, seconds DOUBLE PRECISION)"))
            create.ExecuteNonQuery();
        var rows = new List<(long Stage, long Metric, CurvePoint Point)>();
        using (var command = connection.CommandOf("SELECT stage_id, metric_id, first_step, last_step, count, data FROM metric_chunks ORDER BY stage_id, metric_id, first_step"))
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var points = new List<CurvePoint>();
                PointChunk.Read(reader.GetFieldValue<byte[]>(5), points);
                Assert.Equal((points[0].Step, points[^1].Step, points.Count), (reader.GetInt64(2), reader.GetInt64(3), reader.GetInt32(4)));
                rows.AddRange(points.Select(point => (reader.GetInt64(0), reader.GetInt64(1), point)));
            }
        }
        using var transaction = connection.BeginTransaction();
        foreach (var (stage, metric, point) in rows)
        {
            using var add = connection.CommandOf("INSERT INTO metric_points VALUES ($stage, $metric, $step, $value, $tokens, $seconds)", ("stage", stage), ("metric", metric), ("step", point.Step),
                ("value", double.IsNaN(point.Value) ? null : point.Value), ("tokens", point.Tokens), ("seconds", point.Seconds));
            add.Transaction = transaction;
            add.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Ends whose outcome is decided whatever the stage is like.</summary>
internal static class DecidedEnds
{
    public static async Task<bool> EndAttemptAsync(this ResultsStore store, long stageId, int attempt, AttemptEnd end) =>
        await store.EndAttemptAsync(stageId, attempt, _ => end) is not null;
}
