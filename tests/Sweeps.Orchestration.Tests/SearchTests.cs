using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

/// <summary>Sweeps that choose their configurations while they run, over a real database; the test is their workers.</summary>
public sealed class SearchTests : IDisposable
{
    private const string Space = """
        parameters:
          learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-1}
          dropout: {min: 0.0, max: 0.5}
          steps: {value: 10}
        """;

    private readonly TestDirectory directory = new();

    private string Database => directory.Path("sweeps.db");

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("tpe")]
    [InlineData("bayes")]
    public async Task A_search_goes_on_to_its_cap_and_is_never_idle(string method)
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: {method}\nrun_cap: 14\nseeds: 2\n{Space}");
        var trained = 0;
        for (var orders = await head.SyncAsync(free: [0, 1, 2]); orders.Start.Length > 0; orders = await head.SyncAsync(free: [0, 1, 2]))
        {
            // 28 runs on three slots: only the last are fewer.
            Assert.True(orders.Start.Length == 3 || trained == 27);
            foreach (var order in orders.Start) await TrainAsync(head, order);
            trained += orders.Start.Length;
        }
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 14, 28, 28, false), (overview.Sweep.State, overview.Configurations, overview.Runs, overview.RunsCompleted, overview.Sweep.IsSearching));
        Assert.Equal(14, (await head.Store.Queries.ConfigurationsAsync(id)).Select(configuration => configuration.ParametersJson).Distinct().Count());
        // Later sweeps can go on from all of them.
        Assert.All(await head.Store.Queries.StagesAsync(id), stage => Assert.NotNull(stage.Origin));
        Assert.Equal(28, (await head.Store.Queries.StagesAsync(id)).Select(stage => stage.Identity).OfType<string>().Distinct().Count());
    }

    [Theory]
    [InlineData("tpe", 3)]
    [InlineData("tpe", 12)]
    [InlineData("bayes", 11)]
    public async Task A_head_that_was_restarted_comes_to_the_same_configurations(string method, int restartAfter)
    {
        var sweep = $"method: {method}\nrun_cap: 15\n{Space}";
        string[] calm, restarted;
        await using (var head = await TestHead.StartAsync(directory.Path("calm.db")))
        {
            var id = await head.SubmitAsync(sweep);
            await GoOnAsync(head, int.MaxValue);
            calm = await ChosenAsync(head, id);
        }
        await using (var head = await TestHead.StartAsync(Database))
        {
            await head.SubmitAsync(sweep);
            await GoOnAsync(head, restartAfter);
            // A run is under way when the head and its machine die.
            await head.MeasureAsync((await head.SyncAsync(free: [0])).Start[0], 5, 9);
        }
        await using (var head = await TestHead.StartAsync(Database))
        {
            await GoOnAsync(head, int.MaxValue);
            restarted = await ChosenAsync(head, 1);
        }
        Assert.Equal(15, calm.Length);
        Assert.Equal(calm, restarted);
    }

    [Fact]
    public async Task A_search_takes_its_turn_among_other_sweeps_although_slots_are_never_idle()
    {
        await using var head = await TestHead.StartAsync(Database);
        var other = await head.Store.CreateSweepAsync(TestHead.Plan(40));
        var id = await head.SubmitAsync($"method: tpe\nrun_cap: 14\n{Space}");
        for (var round = 0; round < 14; round++)
        {
            var orders = await head.SyncAsync(free: [0, 1]);
            Assert.Equal([other, id], (await Task.WhenAll(orders.Start.Select(order => head.Store.Queries.StageAsync(order.StageId)))).Select(stage => stage!.SweepId).Order());
            foreach (var order in orders.Start)
                if (order.SweepName == "test.yaml") await TrainAsync(head, order); else await head.CompleteAsync(order);
        }
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
        Assert.Equal(SweepState.Running, (await head.Store.Queries.FindSweepAsync(other))!.State);
    }

    [Fact]
    public async Task A_stopped_search_ends_with_the_runs_that_have_begun()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: tpe\nrun_cap: 12\n{Space}");
        await GoOnAsync(head, 10);
        await head.Sweep(id).Stop();
        Assert.False(await head.Sweep(id).Propose());
        Assert.Empty((await head.SyncAsync(free: [0])).Start);
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 10, 10), (overview.Sweep.State, overview.Configurations, overview.RunsCompleted));
    }

    [Fact]
    public async Task A_paused_search_chooses_nothing_until_it_is_resumed()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: tpe\nrun_cap: 12\n{Space}");
        await GoOnAsync(head, 10);
        await head.Sweep(id).Pause();
        Assert.Empty((await head.SyncAsync(free: [0])).Start);
        Assert.False(await head.Sweep(id).Propose());
        await head.Sweep(id).Resume();
        await GoOnAsync(head, int.MaxValue);
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
        Assert.False(await head.Sweep(id).Propose());
    }

    [Fact]
    public async Task A_space_that_is_exhausted_ends_the_search_before_its_cap()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync("method: tpe\nrun_cap: 50\nparameters: {heads: {min: 1, max: 12}, steps: {value: 10}}");
        await GoOnAsync(head, int.MaxValue);
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 12), (overview.Sweep.State, overview.Configurations));
    }

    [Fact]
    public async Task Failed_configurations_do_not_end_a_search()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: tpe\nrun_cap: 13\nretries: {{user: 0}}\n{Space}");
        for (var orders = await head.SyncAsync(free: [0]); orders.Start is [var order]; orders = await head.SyncAsync(free: [0]))
            if (order.StageId % 2 == 0) await TrainAsync(head, order);
            else await head.Sweep(id).AttemptEnded(new AttemptEnding(order.StageId, order.Number, AttemptOutcome.UserError, 0, "no"));
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 13, 7), (overview.Sweep.State, overview.Configurations, overview.RunsFailed));
    }

    /// <summary>Trains so many runs one after the other, or all that come.</summary>
    private static async Task GoOnAsync(TestHead head, int runs)
    {
        for (var orders = runs == 0 ? null : await head.SyncAsync(free: [0]); orders?.Start is [var order]; orders = --runs > 0 ? await head.SyncAsync(free: [0]) : null)
            await TrainAsync(head, order);
    }

    private static async Task TrainAsync(TestHead head, StageOrder order)
    {
        var parameters = JsonSerializer.Deserialize<Dictionary<string, ParameterValue>>(order.ParametersJson, Json.Options)!;
        double Number(string name) => parameters.GetValueOrDefault(name)?.AsDouble ?? 0;
        await head.MeasureAsync(order, order.ToStep, 2 + Math.Abs(Math.Log10(Number("learning_rate") + 1e-9) + 2) + Number("dropout") + Number("heads") + 0.01 * order.Seed);
        await head.CompleteAsync(order);
    }

    private static async Task<string[]> ChosenAsync(TestHead head, long sweep) =>
        [.. (await head.Store.Queries.ConfigurationsAsync(sweep)).Select(configuration => configuration.ParametersJson)];
}
