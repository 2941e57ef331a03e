using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;
using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

/// <summary>Configurations that are stopped early, over a real database; the test is their workers.</summary>
public sealed class EarlyStoppingTests : IDisposable
{
    private const string Asha = "early_terminate: {type: asha, min_resource: 10}\n";

    private readonly TestDirectory directory = new();

    private string Database => directory.Path("sweeps.db");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task The_runs_of_a_bad_configuration_are_stopped_and_the_sweep_is_completed_by_the_others()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: grid\n{Asha}parameters: {{heads: {{values: [1, 2]}}, steps: {{value: 40}}}}\nseeds: 2\n");
        var start = (await head.SyncAsync(free: [0, 1])).Start;
        await head.MeasureAsync(start[0], 10, 3);
        await head.MeasureAsync(start[1], 10, 4);
        await head.Sweep(id).Judge();

        Assert.Equal([RunState.Running, RunState.Waiting, RunState.Pruned, RunState.Pruned], await StatesAsync(head, id));
        Assert.Equal([StageState.Running, StageState.Cancelled, StageState.Ready, StageState.Cancelled], (await head.Store.Queries.StagesAsync(id)).Select(stage => stage.State));
        Assert.Equal(AttemptStanding.Stop, await head.Store.RecordPointsAsync(start[1].StageId, 1, []));
        var orders = await head.SyncAsync(running: [new(1, 1), new(2, 1)]);
        Assert.Equal([new AttemptKey(2, 1)], orders.Stop);
        Assert.True(await head.Sweep(id).AttemptEnded(new AttemptEnding(2, 1, AttemptOutcome.Stopped, 12, null)));

        await head.CompleteAsync(start[0]);
        // Of the stopped configuration nothing begins any more.
        var last = Assert.Single((await head.SyncAsync(free: [0, 1])).Start);
        Assert.Equal(2, last.Seed);
        await head.CompleteAsync(last);
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 2, 2, 0), (overview.Sweep.State, overview.RunsCompleted, overview.RunsPruned, overview.RunsFailed));
        // What was not trained is not planned any more.
        Assert.Equal((40 + 40 + 10L, 40 + 40 + 10L), (overview.StepsDone, overview.StepsPlanned));
    }

    [Fact]
    public async Task A_stage_that_another_run_needs_goes_on()
    {
        await using var head = await TestHead.StartAsync(Database);
        // The runs of each number of layers are one until they untie, or do not.
        var id = await head.SubmitAsync($"method: grid\n{Asha}parameters: {{layers: {{values: [1, 2]}}, untie_at: {{values: [never, 0.5]}}, steps: {{value: 40}}}}\nbaseline: {{layers: 2, untie_at: never}}\n");
        var start = (await head.SyncAsync(free: [0, 1])).Start;
        Assert.Equal([(0, 20), (0, 20)], start.Select(order => (order.FromStep, order.ToStep)));
        await head.MeasureAsync(start[0], 10, 3);
        await head.MeasureAsync(start[1], 10, 4);
        await head.Sweep(id).Judge();

        // The baseline is never stopped: one of the two with two layers is, and their common stage goes on for the other.
        Assert.Equal([RunState.Running, RunState.Running, RunState.Running, RunState.Pruned], await StatesAsync(head, id));
        Assert.Empty((await head.SyncAsync(running: [new(start[0].StageId, 1), new(start[1].StageId, 1)])).Stop);
        Assert.Equal(1, (await head.Store.Queries.StagesAsync(id)).Count(stage => stage.State == StageState.Cancelled));
        foreach (var order in start) await head.CompleteAsync(order);
        Assert.Equal(3, (await head.SyncAsync(free: [0, 1, 2, 3])).Start.Length);
    }

    [Fact]
    public async Task What_points_missed_the_next_report_of_the_machine_makes_up_for()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: grid\n{Asha}parameters: {{heads: {{values: [1, 2]}}, steps: {{value: 40}}}}\n");
        var start = (await head.SyncAsync(free: [0, 1])).Start;
        await head.MeasureAsync(start[0], 10, 4);
        await head.MeasureAsync(start[1], 10, 3);
        await head.SyncAsync(running: [new(1, 1), new(2, 1)]);
        Assert.Equal([RunState.Pruned, RunState.Running], await StatesAsync(head, id));
    }

    [Fact]
    public async Task A_restarted_head_judges_as_the_one_before()
    {
        await using (var head = await TestHead.StartAsync(Database))
        {
            await head.SubmitAsync("method: grid\nearly_terminate: {type: median, startup: 1}\nparameters: {heads: {values: [1, 2, 3]}, steps: {value: 40}}\n");
            var start = (await head.SyncAsync(free: [0, 1])).Start;
            await head.MeasureAsync(start[0], 10, 3);
            await head.MeasureAsync(start[1], 10, 4);
            await head.CompleteAsync(start[0]);
        }
        await using (var head = await TestHead.StartAsync(Database))
        {
            await head.SyncAsync(running: [new(2, 1)]);
            Assert.Equal([RunState.Completed, RunState.Pruned, RunState.Waiting], await StatesAsync(head, 1));
        }
    }

    [Fact]
    public async Task A_search_learns_from_what_was_stopped_and_goes_on_to_its_cap()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: tpe\nrun_cap: 16\n{Asha}parameters: {{dropout: {{min: 0.0, max: 0.5}}, steps: {{value: 40}}}}\n");
        for (var orders = await head.SyncAsync(free: [0]); orders.Start is [var order]; orders = await head.SyncAsync(free: [0]))
        {
            var loss = 3 + (order.StageId * 7 % 16);
            await head.MeasureAsync(order, 10, loss);
            await head.Sweep(id).Judge();
            if ((await head.SyncAsync(running: [new(order.StageId, 1)])).Stop.Length > 0)
                await head.Sweep(id).AttemptEnded(new AttemptEnding(order.StageId, 1, AttemptOutcome.Stopped, 10, null));
            else
            {
                await head.MeasureAsync(order, 40, loss - 1);
                await head.CompleteAsync(order);
            }
        }
        var overview = (await head.Store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 16), (overview.Sweep.State, overview.Configurations));
        Assert.Equal(16, overview.RunsCompleted + overview.RunsPruned);
        Assert.InRange(overview.RunsPruned, 8, 15);
    }

    [Fact]
    public async Task An_extended_sweep_is_judged_by_its_new_file()
    {
        const string Parameters = "parameters: {heads: {values: [1, 2]}, steps: {value: 40}}\n";
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.SubmitAsync($"method: grid\nearly_terminate: {{type: asha, min_resource: 20}}\n{Parameters}");
        var start = (await head.SyncAsync(free: [0, 1])).Start;
        await head.MeasureAsync(start[0], 10, 3);
        await head.MeasureAsync(start[1], 10, 4);
        await head.Sweep(id).Judge();
        Assert.Equal([RunState.Running, RunState.Running], await StatesAsync(head, id));

        await head.Store.ExtendSweepAsync(id, new SweepExtension
        {
            FileText = $"method: grid\n{Asha}{Parameters}", StopsEarly = true, Stages = [], Runs = [],
            Configurations = [.. (await head.Store.Queries.ConfigurationsAsync(id)).Select(one => ((long?)one.Id, new NewConfiguration(one.Label, one.Parameters, one.IsBaseline)))],
        });
        await head.Sweep(id).Judge();
        Assert.Equal([RunState.Running, RunState.Pruned], await StatesAsync(head, id));
    }

    private static async Task<IEnumerable<RunState>> StatesAsync(TestHead head, long sweep) => (await head.Store.Queries.RunsAsync(sweep)).Select(run => run.State);
}
