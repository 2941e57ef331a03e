using Sweeps.Results.Queries;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests;

/// <summary>What lists and pages of sweeps show.</summary>
public abstract class ListingTests(TestServer server)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task A_list_has_the_sweeps_that_are_looked_for_without_regard_to_case_with_their_best_configuration()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var first = await store.CreateSweepAsync(Separate(2, 2, 10, "Wide_heads"));
        await store.CreateSweepAsync(Separate(1, 1, 10, "other") with { Description = "About 100% of WIDE heads" });
        await store.CreateSweepAsync(Separate(1, 1, 10, "wideXheads"));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(5, 2.5)]);
        await store.SetAnswerAsync(first, "b is better", """{"configurations": [{"index": 0, "label": "a", "mean": 2.5, "n": 2}, {"index": 1, "label": "b", "mean": 1.5, "n": 3}, {"index": 2, "label": "c", "mean": "NaN", "n": 1}]}""");

        var (total, sweeps) = await store.Queries.SweepsAsync(new SweepSelection { Search = "wide_HEADS", States = [SweepState.Running], Limit = 10 }, Now);
        var found = Assert.Single(sweeps);
        Assert.Equal((1, first, 2, 4, 1), (total, found.Overview.Sweep.Id, found.Overview.Configurations, found.Overview.Runs, found.RunsRunning));
        Assert.Equal(("b", 1.5, 3), (found.Best!.Label, found.Best.Mean, found.Best.N));
        Assert.Equal(2, (await store.Queries.SweepsAsync(new SweepSelection { Search = "wide", Limit = 10, Sort = SweepSort.Name }, Now)).Sweeps.Count(one => one.Overview.Sweep.Name != "other"));
        Assert.Equal("other", Assert.Single((await store.Queries.SweepsAsync(new SweepSelection { Search = "100% of wide", Limit = 10 }, Now)).Sweeps).Overview.Sweep.Name);
        Assert.Null((await store.Queries.ListedSweepAsync(2, Now))!.Best);
    }

    [Fact]
    public async Task The_stages_and_the_page_of_a_run_say_what_its_path_has()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordPointsAsync(1, 1, [Point(1, 3), Point(10, 2), Point(5, 7, "train_loss")]);
        var before = await store.Queries.VersionAsync(1);
        await store.RecordPointsAsync(1, 1, [Point(11, 1)]);
        Assert.NotEqual(before, await store.Queries.VersionAsync(1));

        var stages = await store.Queries.SharedStagesAsync(1, Now);
        Assert.Equal([1L, 2, 3, 4, 5], stages.Select(stage => stage.Id));
        Assert.Equal([0, 1, 2], stages[0].Configurations);
        Assert.Equal([1L, 2, 3], stages[0].Runs);
        Assert.Equal((1, 2L), (Assert.Single(stages[3].Configurations), Assert.Single(stages[3].Runs)));
        var run = (await store.Queries.RunAsync(2))!;
        Assert.Equal([("train_loss", 1L, 7.0), ("val_loss", 3L, 1.0)], run.Metrics.Select(metric => (metric.Name, metric.Count, metric.Last)));
        Assert.Equal(["train_loss", "val_loss"], await store.Queries.MetricNamesAsync(1));
        Assert.Equal("here", Assert.Single(await store.Queries.SlotWorkAsync()).MachineId);
    }

    [Fact]
    public async Task Stages_are_found_by_what_they_begin_with()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var plan = Separate(3, 1, 10);
        await store.CreateSweepAsync(plan with { Growth = plan.Growth with { Stages = [.. plan.Growth.Stages.Select((stage, i) => stage with { Origin = $"origin {i}", Identity = $"identity {i}" })] } });
        Assert.Equal([1L, 3], (await store.Queries.StagesOfAsync(["origin 0", "origin 2", "it's none"])).Select(stage => stage.Id).Order());
        Assert.Empty(await store.Queries.StagesOfAsync([]));
    }
}

public sealed class ListingSqliteTests() : ListingTests(TestServer.File);

public sealed class ListingPostgresTests(PostgresTestServer server) : ListingTests(server);
