using Sweeps.Core.Protocol;
using Sweeps.Results.Files;
using Sweeps.Results.Queries;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests.Points;

public abstract class StoredPointsTests(TestServer server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Batches_in_any_order_and_again_leave_each_step_once_with_its_first_value(int seed)
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100_000));
        await store.BeginAttemptAsync(Claim(1));
        var random = new Random(seed);
        var expected = new SortedDictionary<long, double>();
        for (var batch = 0; batch < 60; batch++)
        {
            // Long runs of steps that begin anywhere, so that chunks are appended to, filled up between others and split.
            var (start, every) = (random.Next(0, 4000), random.Next(1, 7));
            var points = Enumerable.Range(0, random.Next(1, 500)).Select(i => Point(start + (i * every), random.NextDouble())).ToArray();
            if (batch % 3 == 0) random.Shuffle(points);
            foreach (var point in points) expected.TryAdd(point.Step, point.Value);
            await store.RecordPointsAsync(1, 1, points);
            if (batch % 7 == 0) await store.RecordPointsAsync(1, 1, points);
        }
        var curve = await store.Queries.CurveAsync(1, "val_loss");
        Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), curve.Select(point => (point.Step, point.Value)));
        Assert.Equal(0, database.Ask<int>(
            "SELECT count(*) FROM metric_chunks a JOIN metric_chunks b ON b.stage_id = a.stage_id AND b.metric_id = a.metric_id AND b.id <> a.id AND b.first_step BETWEEN a.first_step AND a.last_step"));
        Assert.Equal(expected.Count, database.Ask<int>("SELECT sum(count) FROM metric_chunks"));
        Assert.Equal(expected.Count, database.Ask<int>("SELECT count FROM metric_summaries"));
    }

    [Fact]
    public async Task A_long_curve_fills_its_chunks_though_it_comes_in_small_batches()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100_000));
        await store.BeginAttemptAsync(Claim(1));
        for (var step = 0; step < 3000; step += 10) await store.RecordPointsAsync(1, 1, [.. Enumerable.Range(step, 10).Select(at => Point(at, at))]);
        Assert.Equal(3000, (await store.Queries.CurveAsync(1, "val_loss")).Count);
        Assert.InRange(database.Ask<int>("SELECT count(*) FROM metric_chunks"), 13, 15);
        Assert.InRange(database.Ask<int>("SELECT sum(length(data)) / sum(count) FROM metric_chunks"), 17, 19);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(777)]
    [InlineData(1499)]
    [InlineData(9999)]
    public async Task Of_a_long_curve_exactly_the_points_up_to_a_step_stay(long step)
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100_000));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [.. Enumerable.Range(0, 1500).SelectMany(at => new[] { Point(at, -at), Point(at, at, "train_loss") })]);
        await store.DecideAsync(session =>
        {
            session.Metrics.VoidAfter(1, step);
            return true;
        });
        var left = (int)Math.Clamp(step + 1, 0, 1500);
        Assert.Equal(Enumerable.Range(0, left).Select(at => (double)-at), (await store.Queries.CurveAsync(1, "val_loss")).Select(point => point.Value));
        Assert.Equal(Enumerable.Range(0, left).Select(at => (double)at), (await store.Queries.CurveAsync(1, "train_loss")).Select(point => point.Value));
        Assert.Equal(left == 0 ? 0 : 2, database.Ask<int>("SELECT count(*) FROM metric_summaries"));
        if (left > 0) Assert.Equal(1 - left, (await store.Queries.RunsAsync(1))[0].Min);
    }

    [Fact]
    public async Task Curves_for_a_chart_have_as_many_points_as_are_asked_for_and_their_extremes()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await TrainAsync(store, 1, 0, 1000);
        await TrainAsync(store, 2, 1000, 1500);
        await TrainAsync(store, 3, 1000, 3000);
        var whole = await store.Queries.CurvesAsync(1, "train_loss");
        Assert.Equal([1500, 3000, 3000], whole.Select(curve => curve.Points.Count));
        var chart = await store.Queries.CurvesAsync(1, "train_loss", points: 100);
        Assert.Equal(whole.Select(curve => (curve.RunId, curve.ConfigurationId, curve.Seed)), chart.Select(curve => (curve.RunId, curve.ConfigurationId, curve.Seed)));
        Assert.All(chart.Zip(whole), pair =>
        {
            Assert.InRange(pair.First.Points.Count, 50, 100);
            Assert.All(pair.First.Points, point => Assert.Contains(point, pair.Second.Points));
            Assert.Equal(pair.Second.Points.Max(point => point.Value), pair.First.Points.Max(point => point.Value));
        });
        Assert.Equal(chart[1].Points, await store.Queries.CurveAsync(2, "train_loss", pixels: 25));
        Assert.All(await store.Queries.CurvesAsync(1, "nothing", points: 300), curve => Assert.Empty(curve.Points));

        static async Task TrainAsync(ResultsStore store, long stage, int from, int to)
        {
            await store.BeginAttemptAsync(Claim(stage));
            await store.RecordPointsAsync(stage, 1, [.. Enumerable.Range(from, to - from).Select(step => Point(step, step == from + 333 ? 9 : 1.0 / (step + stage), "train_loss"))]);
            await store.RecordCheckpointAsync(stage, 1, Checkpoint(stage switch { 1 => 10, _ => 20 }));
            await store.EndAttemptAsync(stage, 1, Completed(stage switch { 1 => 10, _ => 20 }));
        }
    }

    [Fact]
    public async Task A_damaged_chunk_is_reported_in_one_sentence()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(1, 2), Point(2, 3)]);
        database.Ask<int>("UPDATE metric_chunks SET data = substr(data, 1, 25)");
        var exception = await Assert.ThrowsAsync<ResultsException>(() => store.Queries.CurveAsync(1, "val_loss"));
        Assert.Equal(ResultsFailure.Corrupt, exception.Failure);
        Assert.Contains("damaged", exception.Message);
    }

    [Fact]
    public async Task The_points_of_a_stage_are_those_that_were_sent()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        MetricPoint[] points = [Point(1, 2, "objective"), Point(1, 2), Point(2, double.NaN)];
        await store.RecordPointsAsync(1, 1, points);
        Assert.Equal(points, await store.Queries.PointsAsync(1));
    }
}

public sealed class StoredPointsSqliteTests() : StoredPointsTests(TestServer.File)
{
    [Fact]
    public async Task Rows_of_older_files_become_chunks_with_the_same_points()
    {
        await using var database = new TestDatabase();
        // The schema before there were chunks.
        var rows = Schema.Steps.TakeWhile(step => !step.Contains("CREATE TABLE metric_chunks", StringComparison.Ordinal)).ToArray();
        await (await ResultsStore.OpenAsync(database.Path, TimeProvider.System, rows)).DisposeAsync();
        database.Ask<int>(
            """
            INSERT INTO sweeps (id, name, file_text, file_hash, program, metric, priority, user_retries, memory_retries, machine_retries, state, created_at)
                VALUES (1, 'old', '', '', 'gpt', 'val_loss', 50, 1, 1, 5, 'Running', 0);
            INSERT INTO configurations VALUES (1, 1, 0, 'a', 1, '{}');
            INSERT INTO stages (id, sweep_id, seed, parameters_json, from_step, to_step, longest_path, state, attempt, steps_done, user_failures, memory_failures, machine_failures)
                VALUES (1, 1, 1, '{}', 0, 1000, 1000, 'Running', 1, 1000, 0, 0, 0);
            INSERT INTO runs (id, sweep_id, configuration_id, seed, steps, state) VALUES (1, 1, 1, 1, 1000, 'Running');
            INSERT INTO run_stages VALUES (1, 0, 1);
            INSERT INTO metric_names VALUES (1, 'val_loss'), (2, 'objective');
            WITH RECURSIVE step (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < 1000)
                INSERT INTO metric_points SELECT 1, 1, n, CASE n % 10 WHEN 0 THEN NULL WHEN 1 THEN 9e999 ELSE 1.0 / n END, n * n * 7919 % 1009 << 50, n / 3.0 FROM step
                UNION ALL SELECT 1, 2, n, n, n, n FROM step
            """);
        await using var store = await database.OpenAsync();
        var curve = await store.Queries.CurveAsync(1, "val_loss");
        Assert.Equal(Enumerable.Range(1, 1000).Select(n => ((long)n, (n % 10) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => 1.0 / n }, n / 3.0)),
            curve.Select(point => (point.Step, point.Value, point.Seconds)));
        Assert.Equal(Enumerable.Range(1, 1000).Select(n => (n * n * 7919L % 1009) << 50), curve.Select(point => point.Tokens));
        Assert.Equal(Enumerable.Range(1, 1000).Select(n => (double)n), (await store.Queries.CurveAsync(1, "objective")).Select(point => point.Value));
        Assert.Equal(2000, database.Ask<int>("SELECT count(*) FROM metric_points"));
        Assert.True(File.Exists($"{database.Path}.schema-{rows.Length}.bak"));
    }
}

public sealed class StoredPointsPostgresTests(PostgresTestServer server) : StoredPointsTests(server);
