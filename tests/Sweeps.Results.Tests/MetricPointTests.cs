using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests;

public abstract class MetricPointTests(TestServer server)
{
    private const string Dump = "SELECT string_agg(stage_id || ' ' || metric_id || ' ' || step || ' ' || coalesce(value, 'nan') || ' ' || tokens || ' ' || seconds, ';' ORDER BY stage_id, metric_id, step) FROM metric_points";

    private const string Summaries = "SELECT string_agg(stage_id || ' ' || metric_id || ' ' || count || ' ' || coalesce(min, 'nan') || ' ' || coalesce(max, 'nan') || ' ' || coalesce(last, 'nan') || ' ' || last_step, ';' ORDER BY stage_id, metric_id) FROM metric_summaries";

    private const string Recount =
        """
        SELECT string_agg(g.stage_id || ' ' || g.metric_id || ' ' || n || ' ' || coalesce(low, 'nan') || ' ' || coalesce(top, 'nan') || ' ' || coalesce(p.value, 'nan') || ' ' || high, ';' ORDER BY g.stage_id, g.metric_id)
        FROM (SELECT stage_id, metric_id, count(*) n, min(value) low, max(value) top, max(step) high FROM metric_points GROUP BY 1, 2) g
        JOIN metric_points p ON p.stage_id = g.stage_id AND p.metric_id = g.metric_id AND p.step = high
        """;

    [Fact]
    public async Task A_batch_that_comes_again_changes_nothing()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        MetricPoint[] batch = [Point(10, 3.5), Point(20, 3.0), Point(10, 3.6, "train_loss")];
        Assert.Equal(AttemptStanding.Continue, await store.RecordPointsAsync(1, 1, batch));
        var (points, summaries) = (database.Ask<string>(Dump), database.Ask<string>(Summaries));
        Assert.Equal(AttemptStanding.Continue, await store.RecordPointsAsync(1, 1, batch));
        Assert.Equal(AttemptStanding.Continue, await store.RecordPointsAsync(1, 1, [Point(20, 3.0), Point(30, 3.2)]));
        await store.RecordPointsAsync(1, 1, []);
        Assert.Equal(points.Split(';').Length + 1, database.Ask<string>(Dump).Split(';').Length);
        Assert.StartsWith(summaries.Split(';')[1], database.Ask<string>(Summaries).Split(';')[1]);
        Assert.Equal(database.Ask<string>(Recount), database.Ask<string>(Summaries));
    }

    [Fact]
    public async Task Texts_of_a_run_are_stored_once_and_are_void_with_the_points_of_their_attempt()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        TextSample[] samples = [new(0, 100, "\n", "a 'text' \u202E; DROP TABLE samples", null), new(1, 100, "2+2=", "5", "4")];
        foreach (var sample in samples.Concat(samples)) Assert.Equal(AttemptStanding.Continue, await store.RecordSampleAsync(1, 1, sample));
        Assert.Equal(samples, await store.Queries.SamplesAsync(1));
        Assert.Empty(await store.Queries.SamplesAsync(2));

        await store.RecordCheckpointAsync(1, 1, Checkpoint(50));
        await store.EndAttemptAsync(1, 1, Lost(100));
        await store.BeginAttemptAsync(Claim(1));
        Assert.Empty(await store.Queries.SamplesAsync(1));
        Assert.Equal(AttemptStanding.Fenced, await store.RecordSampleAsync(1, 1, samples[0]));
        Assert.Empty(await store.Queries.SamplesAsync(1));
    }

    [Fact]
    public async Task The_ends_of_curves_are_the_ends_of_the_curves()
    {
        await using var database = new TestDatabase();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        foreach (var (stage, first, last) in new[] { (1, 0, 10), (2, 10, 20), (3, 10, 20), (4, 20, 30), (5, 20, 25) })
        {
            await store.BeginAttemptAsync(Claim(stage));
            // A validation at a stage's first step is that of the stage before it.
            await store.RecordPointsAsync(stage, 1, [.. Enumerable.Range(first, last - first + 1).Select(step => Point(step, 100 * stage + step))]);
            await store.RecordCheckpointAsync(stage, 1, Checkpoint(last));
            await store.EndAttemptAsync(stage, 1, Completed(last));
        }
        var whole = (await store.Queries.CurvesAsync(1, "val_loss")).ToDictionary(curve => curve.RunId);
        foreach (var since in new Dictionary<long, long>[] { new() { [1] = 0 }, new() { [2] = 10 }, new() { [3] = 20 }, new() { [1] = 15, [2] = 21 }, new() { [2] = 30 }, new() { [2] = 31 } })
        {
            var ends = await store.Queries.CurveEndsAsync(1, "val_loss", since);
            Assert.Equal(since.Keys.Order(), ends.Select(end => end.RunId));
            Assert.All(ends, end => Assert.Equal(whole[end.RunId].Points.Where(point => point.Step >= since[end.RunId]), end.Points));
        }
        Assert.Empty(await store.Queries.CurveEndsAsync(1, "val_loss", new Dictionary<long, long> { [99] = 0 }));
        Assert.Empty((await store.Queries.CurveEndsAsync(1, "unknown", new Dictionary<long, long> { [1] = 0 })));
    }

    [Fact]
    public async Task Summaries_say_what_the_points_say_in_whatever_order_they_come()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(2, 1, 1000));
        await store.BeginAttemptAsync(Claim(1));
        await store.BeginAttemptAsync(Claim(2));
        var random = new Random(7);
        for (var batch = 0; batch < 30; batch++)
        {
            var points = Enumerable.Range(0, 20).Select(_ => Point(random.Next(1, 200),
                random.Next(10) == 0 ? double.NaN : random.NextDouble(), random.Next(2) == 0 ? "val_loss" : "train_loss")).ToArray();
            await store.RecordPointsAsync(1 + (batch % 2), 1, points);
            Assert.Equal(database.Ask<string>(Recount), database.Ask<string>(Summaries));
        }
        await store.RecordCheckpointAsync(1, 1, Checkpoint(100));
        await store.EndAttemptAsync(1, 1, Lost(100));
        await store.BeginAttemptAsync(Claim(1));
        Assert.InRange(database.Ask<int>("SELECT max(step) FROM metric_points WHERE stage_id = 1"), 1, 100);
        Assert.InRange(database.Ask<int>("SELECT max(step) FROM metric_points WHERE stage_id = 2"), 101, 200);
        Assert.Equal(database.Ask<string>(Recount), database.Ask<string>(Summaries));
    }

    [Fact]
    public async Task A_diverged_loss_stays_not_a_number_and_infinite_stays_infinite()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(1, double.PositiveInfinity), Point(2, double.NaN)]);
        Assert.Equal([double.PositiveInfinity, double.NaN], (await store.Queries.CurveAsync(1, "val_loss")).Select(point => point.Value));
    }

    [Fact]
    public async Task Every_number_comes_back_bit_for_bit()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        MetricPoint[] points = [new("val_loss", 1, 0.1 + 0.2, long.MaxValue, 1.0 / 3), new("val_loss", 2, double.Epsilon, 0, 0),
            new("val_loss", 3, -double.MaxValue, 1, 1e-300)];
        await store.RecordPointsAsync(1, 1, points);
        Assert.Equal(points.Select(point => (point.Step, point.Value, point.Tokens, point.Seconds)),
            (await store.Queries.CurveAsync(1, "val_loss")).Select(point => (point.Step, point.Value, point.Tokens, point.Seconds)));
    }

    [Fact]
    public async Task Only_the_newest_attempt_may_write()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 100));
        await store.BeginAttemptAsync(Claim(1));
        await store.EndAttemptAsync(1, 1, Lost());
        Assert.Equal(AttemptStanding.Continue, await store.RecordPointsAsync(1, 1, [Point(5, 1)]));
        Assert.Equal(2, (await store.BeginAttemptAsync(Claim(1)))!.Number);
        Assert.Equal(AttemptStanding.Fenced, await store.RecordPointsAsync(1, 1, [Point(6, 1)]));
        Assert.Equal(AttemptStanding.Fenced, await store.RecordCheckpointAsync(1, 1, Checkpoint(6)));
        Assert.False(await store.EndAttemptAsync(1, 1, Completed(100)));
        Assert.Equal(AttemptStanding.Fenced, await store.RecordPointsAsync(1, 3, [Point(6, 1)]));
        Assert.Equal(AttemptStanding.Fenced, await store.RecordPointsAsync(9, 1, [Point(6, 1)]));
        Assert.Empty(await store.Queries.CurveAsync(1, "val_loss"));
        Assert.Equal(AttemptStanding.Continue, await store.RecordPointsAsync(1, 2, [Point(6, 1)]));
    }

    [Fact]
    public async Task A_restart_from_a_checkpoint_keeps_the_points_up_to_it_and_stores_those_after_it_anew()
    {
        await using var undisturbed = server.New();
        await using (var store = await undisturbed.OpenAsync())
        {
            await store.CreateSweepAsync(Separate(1, 1, 60));
            await store.BeginAttemptAsync(Claim(1));
            await store.RecordPointsAsync(1, 1, [.. Steps(1, 60)]);
        }
        await using var disturbed = server.New();
        await using (var store = await disturbed.OpenAsync())
        {
            await store.CreateSweepAsync(Separate(1, 1, 60));
            await store.BeginAttemptAsync(Claim(1));
            await store.RecordPointsAsync(1, 1, [.. Steps(1, 20)]);
            await store.RecordCheckpointAsync(1, 1, Checkpoint(20));
            // The dead attempt's seconds differ from those of the one after it; none of them may remain.
            await store.RecordPointsAsync(1, 1, [.. Steps(21, 35).Select(point => point with { Seconds = 1e6, Value = 0 })]);
            await store.EndAttemptAsync(1, 1, Lost(35));
            var start = await store.BeginAttemptAsync(Claim(1));
            Assert.Equal(("checkpoint-20", 20), (start!.ResumeFrom, start.ResumeStep));
            Assert.Equal(20, (await store.Queries.StageAsync(1))!.StepsDone);
            await store.RecordPointsAsync(1, 2, [.. Steps(21, 60)]);
        }
        Assert.Equal(undisturbed.Ask<string>(Dump), disturbed.Ask<string>(Dump));
        Assert.Equal(undisturbed.Ask<string>(Summaries), disturbed.Ask<string>(Summaries));

        static IEnumerable<MetricPoint> Steps(int first, int last) => Enumerable.Range(first, last - first + 1).Select(step => Point(step, 5.0 - (0.01 * step)));
    }

    [Fact]
    public async Task A_restart_without_a_checkpoint_begins_with_no_points()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 60));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(0, 4.2), Point(10, 4.0)]);
        await store.EndAttemptAsync(1, 1, Lost(10));
        var start = await store.BeginAttemptAsync(Claim(1));
        Assert.Equal((null, 0), (start!.ResumeFrom, start.ResumeStep));
        Assert.Equal(0, database.Ask<int>("SELECT (SELECT count(*) FROM metric_points) + (SELECT count(*) FROM metric_summaries)"));
    }
}

public sealed class MetricPointSqliteTests() : MetricPointTests(TestServer.File);

public sealed class MetricPointPostgresTests(PostgresTestServer server) : MetricPointTests(server);
