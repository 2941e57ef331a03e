using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Databases;
using Sweeps.Results.Plans;

namespace Benchmarks;

/// <summary>
/// Metric points into one database on the disk as workers send them, while a chart is read, and the reads of large sweeps. Nothing is
/// trained; each round is a fresh process and database.
/// </summary>
internal static class Storage
{
    private const int Rounds = 3;
    private const int Workers = 32;
    private const string Metric = "val_loss";

    /// <summary>Points of a request of 64 KiB, the most that a worker sends at once.</summary>
    private const int Batch = 600;

    /// <summary>Widest chart, in pixels.</summary>
    private const int Pixels = 1000;

    /// <param name="server">A server's database by which others are made; null for files.</param>
    internal static int Run(string? server = null)
    {
        Measured.Header(server is null ? "storage of metrics" : "storage of metrics in PostgreSQL", "median", "worst");
        var rounds = Enumerable.Range(0, Rounds).Select(_ => Measured.Run(Environment.ProcessPath!, server is null ? ["storage-child", "1000", "5000"] : ["storage-child", "1000", "5000", server], [])).ToArray();
        var ok = Row("seconds to store 1,000,000 points, read meanwhile", "store", 10);
        Row("  processor time (s)", "store_cpu", null);
        Row("  a curve read meanwhile, slowest (ms)", "meanwhile", null);
        ok &= Row("bytes of the database for a point", "bytes", 30);
        ok &= Row("curves of 1,000 runs x 5,000 points for a chart (ms)", "chart", 1000);
        Row("  whole, for statistics (ms)", "whole", null);
        ok &= Row("a curve of 400,000 steps for a chart (ms)", "long", 300);
        ok &= Row("the table of 10,000 runs (ms)", "table", 300);
        Row("  peak resident memory (MB)", "peak", null);
        return ok ? 0 : 1;

        bool Row(string what, string name, double? bound)
        {
            var values = rounds.Select(round => round.GetProperty(name).GetDouble()).ToArray();
            var median = Measured.Median(values);
            return Measured.Row(what, median.ToString("F2", CultureInfo.InvariantCulture), values.Max().ToString("F2", CultureInfo.InvariantCulture), median, bound);
        }
    }

    /// <summary>One measured process; prints JSON. Reads are timed from a file that was read before, as a dashboard does it.</summary>
    internal static async Task<string> ChildAsync(int runs, int points, string? server)
    {
        var directory = Directory.CreateTempSubdirectory("sweeps-storage-");
        try
        {
            var path = server is null ? Path.Combine(directory.FullName, "sweeps.db") : Another(server, "CREATE");
            using var process = Process.GetCurrentProcess();
            double rate, cpu, meanwhile, bytes;
            await using (var store = await ResultsStore.OpenAsync(path))
            {
                await store.CreateSweepAsync(Plan(runs, points));
                await BeginAsync(store, 1, runs);
                var before = Bytes(path);
                using var done = new CancellationTokenSource();
                var reading = ReadAsync(store, runs, done.Token);
                process.Refresh();
                var processor = process.TotalProcessorTime;
                var started = Stopwatch.GetTimestamp();
                // As many workers as have a stage at the same time, each with the next batch when the one before is acknowledged.
                await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
                {
                    for (var stage = 1 + worker; stage <= runs; stage += Workers)
                        foreach (var batch in Steps(stage, points).Chunk(Batch))
                            await store.RecordPointsAsync(stage, 1, batch);
                })));
                rate = (double)runs * points / Stopwatch.GetElapsedTime(started).TotalSeconds;
                process.Refresh();
                cpu = (process.TotalProcessorTime - processor).TotalSeconds / (runs * (double)points);
                await done.CancelAsync();
                meanwhile = await reading;
            }
            bytes = (double)Bytes(path) / ((double)runs * points);
            await using (var store = await ResultsStore.OpenAsync(path))
            {
                var longest = await store.CreateSweepAsync(Plan(1, 400_000, "long"));
                await BeginAsync(store, runs + 1, 1);
                foreach (var batch in Steps(runs + 1, 400_000).Chunk(Batch)) await store.RecordPointsAsync(runs + 1, 1, batch);
                var many = await store.CreateSweepAsync(Plan(10_000, 100, "many"));
                await BeginAsync(store, runs + 2, 10_000);
                await Task.WhenAll(Enumerable.Range(runs + 2, 10_000).Select(stage => store.RecordPointsAsync(stage, 1, [.. Steps(stage, 2)])));
                var chart = await MillisecondsAsync(() => store.Queries.CurvesAsync(1, Metric, points: 100));
                var whole = await MillisecondsAsync(() => store.Queries.CurvesAsync(1, Metric));
                var curve = await MillisecondsAsync(() => store.Queries.CurveAsync(runs + 1, Metric, Pixels));
                var table = await MillisecondsAsync(() => store.Queries.RunsAsync(many));
                process.Refresh();
                return FormattableString.Invariant(
                    $$"""{"store": {{1e6 / rate:F3}}, "store_cpu": {{1e6 * cpu:F3}}, "meanwhile": {{meanwhile:F1}}, "bytes": {{bytes:F2}}, "chart": {{chart:F1}}, "whole": {{whole:F1}}, "long": {{curve:F1}}, "table": {{table:F1}}, "peak": {{process.PeakWorkingSet64 / 1e6:F0}}}""");
            }
        }
        finally
        {
            directory.Delete(recursive: true);
            if (server is not null) Another(server, "DROP");
        }
    }

    /// <summary>Makes or drops the measured database of a server.</summary>
    /// <returns>Its address.</returns>
    private static string Another(string server, string what)
    {
        const string Name = "sweeps_storage_benchmark";
        NpgsqlConnection.ClearAllPools();
        using var connection = Connect(server);
        using var command = new NpgsqlCommand($"{what} DATABASE {Name}", connection);
        command.ExecuteNonQuery();
        return server.Replace($"/{PostgresAddress.Parse(server).ConnectionString().Database}", $"/{Name}", StringComparison.Ordinal);
    }

    private static long Bytes(string address)
    {
        if (!PostgresAddress.IsOne(address)) return new FileInfo(address).Length;
        using var connection = Connect(address);
        using var command = new NpgsqlCommand("SELECT pg_database_size(current_database())", connection);
        return (long)command.ExecuteScalar()!;
    }

    private static NpgsqlConnection Connect(string address)
    {
        var settings = PostgresAddress.Parse(address).ConnectionString();
        settings.Pooling = false;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        connection.Open();
        return connection;
    }

    private static NewSweep Plan(int runs, int steps, string name = "measured")
    {
        var parameters = Enumerable.Range(0, runs).Select(i => new Dictionary<string, ParameterValue> { ["heads"] = ParameterValue.Of((long)i) }).ToArray();
        return new NewSweep
        {
            Name = name,
            FileText = $"name: {name}",
            Metric = Metric,
            Growth = new SweepGrowth
            {
                Configurations = [.. parameters.Select((one, i) => new NewConfiguration($"heads={i}", one, i == 0))],
                Stages = [.. parameters.Select(one => new NewStage(null, one, 1, 0, steps))],
                Runs = [.. parameters.Select((_, i) => new NewRun(i, 1, [i]))],
            },
        };
    }

    private static async Task BeginAsync(ResultsStore store, int first, int count) =>
        await Task.WhenAll(Enumerable.Range(first, count).Select(stage => store.BeginAttemptAsync(new AttemptClaim(stage, "here", 0, ResultsStore.Hash("token")))));

    /// <summary>A noisy loss at every step; the seconds are as irregular as measured ones.</summary>
    private static IEnumerable<MetricPoint> Steps(int stage, int count)
    {
        var random = new Random(stage);
        var seconds = 0.0;
        for (var step = 1; step <= count; step++)
        {
            seconds += 0.1 + (0.01 * random.NextDouble());
            yield return new MetricPoint(Metric, step, 2 + (3 / Math.Sqrt(step)) + (0.1 * random.NextDouble()), 12_288L * step, seconds);
        }
    }

    /// <summary>What a dashboard does all the time.</summary>
    /// <returns>Milliseconds of the slowest read.</returns>
    private static async Task<double> ReadAsync(ResultsStore store, int runs, CancellationToken done)
    {
        var slowest = 0.0;
        var random = new Random(1);
        while (!done.IsCancellationRequested)
        {
            slowest = Math.Max(slowest, await OnceAsync(() => store.Queries.CurveAsync(random.Next(1, runs + 1), Metric, Pixels)));
            await Task.Delay(50, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return slowest;
    }

    /// <summary>The median of five, after one that does not count.</summary>
    private static async Task<double> MillisecondsAsync(Func<Task> read)
    {
        await read();
        var times = new double[5];
        for (var i = 0; i < times.Length; i++) times[i] = await OnceAsync(read);
        return Measured.Median(times);
    }

    private static async Task<double> OnceAsync(Func<Task> read)
    {
        var started = Stopwatch.GetTimestamp();
        await read();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
