using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

/// <summary>Sweeps that add seeds until their comparisons are decided, over a real database; the test is their workers.</summary>
public sealed class AddedSeedsTests : IDisposable
{
    // Two heads are obviously better, four are as good as one.
    private const string Yaml = """
        method: grid
        parameters:
          heads: {values: [1, 2, 4]}
          steps: {value: 10}
        seeds: {min: 3, max: 6, until: p < 0.05}
        retries: {user: 0}
        """;

    private readonly TestDirectory directory = new();

    private string Database => directory.Path("sweeps.db");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Seeds_are_added_for_what_is_not_decided_and_for_the_baseline_until_the_last()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync(Yaml);
        Assert.True((await head.Store.Queries.FindSweepAsync(id))!.IsSearching);
        await GoOnAsync(head, int.MaxValue);
        Assert.Equal("1:6 2:3 4:6", await SeedsAsync(head, id));
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 3, 15, 15, false), (overview.Sweep.State, overview.Configurations, overview.Runs, overview.RunsCompleted, overview.Sweep.IsSearching));
        Assert.Equal(["Seed 4 for the baseline and for heads=4, not told apart by 3 seeds.", "Seed 5 for the baseline and for heads=4, not told apart by 4 seeds.", "Seed 6 for the baseline and for heads=4, not told apart by 5 seeds."],
            (await head.Store.Queries.EventsAsync(sweepId: id)).Where(happened => happened.Kind == "sweep.extended").Select(happened => happened.Text));
        // Later sweeps can go on from all of them.
        Assert.Equal(15, (await head.Store.Queries.StagesAsync(id)).Select(stage => stage.Identity).OfType<string>().Distinct().Count());
    }

    [Fact]
    public async Task All_decided_the_sweep_ends_early()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync(Yaml.Replace("[1, 2, 4]", "[1, 2]", StringComparison.Ordinal));
        await GoOnAsync(head, int.MaxValue);
        Assert.Equal("1:3 2:3", await SeedsAsync(head, id));
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task No_seed_is_added_while_a_run_is_under_way()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync(Yaml);
        await GoOnAsync(head, 8);
        var last = Assert.Single((await head.SyncAsync(free: [0, 1])).Start);
        Assert.False(await head.Sweep(id).Propose());
        Assert.Empty((await head.SyncAsync(free: [1], running: [new AttemptKey(last.StageId, last.Number)])).Start);
        await TrainAsync(head, last);
        Assert.Equal(2, (await head.SyncAsync(free: [0, 1])).Start.Length);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task A_head_that_was_restarted_goes_on_with_the_same_choices(int restartAfter)
    {
        await using (var head = await TestHead.StartAsync(Database))
        {
            await head.SubmitAsync(Yaml);
            await GoOnAsync(head, restartAfter);
        }
        await using (var head = await TestHead.StartAsync(Database))
        {
            await GoOnAsync(head, int.MaxValue);
            Assert.Equal("1:6 2:3 4:6", await SeedsAsync(head, 1));
            Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(1))!.State);
        }
    }

    [Fact]
    public async Task Runs_with_the_added_seed_share_what_they_have_in_common()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync("""
            method: grid
            parameters:
              untie_at: {values: [never, 0.5]}
              steps: {value: 10}
            seeds: {min: 2, max: 3, until: p < 0.01}
            """);
        await GoOnAsync(head, int.MaxValue);
        var runs = await head.Store.Queries.RunsAsync(id);
        Assert.Equal([1, 2, 3, 1, 2, 3], runs.Select(run => run.Seed));
        Assert.All(runs, run => Assert.Equal(RunState.Completed, run.State));
        // Half of each run is common to both.
        Assert.Equal(3 * 15, (await head.Store.Queries.SweepAsync(id))!.StepsDone);
        Assert.Equal([1, 1, 1, 2, 2, 2, 3, 3, 3], (await head.Store.Queries.StagesAsync(id)).Select(stage => stage.Seed));
    }

    [Fact]
    public async Task A_stopped_sweep_gets_no_more_seeds()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync(Yaml);
        await GoOnAsync(head, 9);
        await head.Sweep(id).Stop();
        Assert.False(await head.Sweep(id).Propose());
        Assert.Empty((await head.SyncAsync(free: [0])).Start);
        Assert.Equal("1:3 2:3 4:3", await SeedsAsync(head, id));
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task A_paused_sweep_gets_no_seed_until_it_is_resumed()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync(Yaml);
        await GoOnAsync(head, 9);
        await head.Sweep(id).Pause();
        Assert.Empty((await head.SyncAsync(free: [0])).Start);
        Assert.False(await head.Sweep(id).Propose());
        await head.Sweep(id).Resume();
        await GoOnAsync(head, int.MaxValue);
        Assert.Equal("1:6 2:3 4:6", await SeedsAsync(head, id));
    }

    [Fact]
    public async Task A_configuration_all_of_whose_runs_fail_is_given_up()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync(Yaml);
        for (var orders = await head.SyncAsync(free: [0]); orders.Start is [var order]; orders = await head.SyncAsync(free: [0]))
            if (Heads(order) != 4) await TrainAsync(head, order);
            else await head.Sweep(id).AttemptEnded(new AttemptEnding(order.StageId, order.Number, AttemptOutcome.UserError, 0, "no"));
        Assert.Equal("1:3 2:3 4:3", await SeedsAsync(head, id));
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 3), (overview.Sweep.State, overview.RunsFailed));
    }

    private static async Task GoOnAsync(TestHead head, int runs)
    {
        for (var orders = await head.SyncAsync(free: [0]); orders.Start is [var order]; orders = await head.SyncAsync(free: [0]))
        {
            await TrainAsync(head, order);
            if (--runs == 0) break;
        }
    }

    private static async Task TrainAsync(TestHead head, StageOrder order)
    {
        var noise = new[] { 0.001, -0.002, 0.0005, 0.0015, -0.001, 0.0003 }[order.Seed - 1] * Heads(order) switch { 4 => -1, 2 => 0, _ => 0.01 }
            + (order.ParametersJson.Contains("0.5", StringComparison.Ordinal) ? 0.001 * order.Seed * order.Seed : 0);
        await head.MeasureAsync(order, order.ToStep, 2 - (Heads(order) == 2 ? 1 : 0) + 0.01 * order.Seed + noise);
        await head.CompleteAsync(order);
    }

    private static long Heads(StageOrder order) =>
        JsonSerializer.Deserialize<Dictionary<string, ParameterValue>>(order.ParametersJson, Json.Options)!.GetValueOrDefault("heads")?.AsLong ?? 0;

    private static async Task<string> SeedsAsync(TestHead head, long sweep) => string.Join(' ', (await head.Store.Queries.RunsAsync(sweep)).GroupBy(run => run.Label)
        .Select(runs => $"{runs.Key.Replace("heads=", "", StringComparison.Ordinal)}:{runs.Count()}"));
}
