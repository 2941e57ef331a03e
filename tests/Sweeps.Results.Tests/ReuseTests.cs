using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests;

/// <summary>Runs of one sweep that go through stages of another.</summary>
public abstract class ReuseTests(TestServer server)
{
    [Fact]
    public async Task A_run_shows_the_points_of_the_other_sweeps_stages_as_its_own()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 10));
        await CompleteAsync(store, 1, 10);
        var later = await store.CreateSweepAsync(Later(1, 10));
        Assert.Equal(10, (await store.Queries.FindSweepAsync(later))!.ReusedSteps);
        Assert.Equal(["train_loss", "val_loss"], await store.Queries.MetricNamesAsync(later));
        var run = Assert.Single(await store.Queries.RunsAsync(later));
        Assert.Equal((10, 30, 1.0), (run.StepsDone, run.Steps, run.Last!.Value));

        var start = (await store.BeginAttemptAsync(Claim(2)))!;
        Assert.Equal(("1-10", 10), (start.ResumeFrom, start.ResumeStep));
        await CompleteAsync(store, 2, 30, start);
        Assert.Equal([10, 30], Assert.Single(await store.Queries.CurvesAsync(later, "val_loss")).Points.Select(point => point.Step));
        var overview = (await store.Queries.SweepAsync(later))!;
        Assert.Equal((SweepState.Completed, 20L, 20L, 30L), (overview.Sweep.State, overview.StepsDone, overview.StepsPlanned, overview.StepsWithoutSharing));
        Assert.Equal((10L, 10L), ((await store.Queries.SweepAsync(1))!.StepsDone, (await store.Queries.SweepAsync(1))!.StepsPlanned));
    }

    [Fact]
    public async Task A_sweep_of_which_all_was_trained_before_is_complete_when_it_is_stored()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 10));
        await CompleteAsync(store, 1, 10);
        var id = await store.CreateSweepAsync(Later(1, 10) with { Growth = new SweepGrowth { Configurations = [new("a", Heads(0))], Stages = [], Runs = [new(0, 1, []) { StoredPath = [1] }] } });
        var overview = (await store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 1, 0L), (overview.Sweep.State, overview.RunsCompleted, overview.StepsPlanned));
        Assert.NotNull(overview.Sweep.FinishedAt);
    }

    [Fact]
    public async Task The_other_sweeps_checkpoint_is_kept_until_no_stage_of_any_sweep_needs_it()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        var later = await store.CreateSweepAsync(Later(1, 10));
        await CompleteAsync(store, 2, 20);
        await CompleteAsync(store, 3, 20);
        await store.CancelSweepAsync(1);
        Assert.Empty(await store.Queries.DiscardedCheckpointsAsync());
        await CompleteAsync(store, 6, 30);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(later))!.State);
        Assert.Equal(["1-10"], await store.Queries.DiscardedCheckpointsAsync());
    }

    [Fact]
    public async Task A_sweep_is_not_touched_by_the_cancellation_of_the_one_whose_stages_it_goes_on_from()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        var later = await store.CreateSweepAsync(Later(1, 10));
        await store.CancelSweepAsync(1);
        await CompleteAsync(store, 6, 30);
        Assert.Equal([RunState.Completed], (await store.Queries.RunsAsync(later)).Select(run => run.State));
        Assert.All(await store.Queries.RunsAsync(1), run => Assert.Equal(RunState.Cancelled, run.State));
    }

    [Fact]
    public async Task What_goes_on_from_a_checkpoint_that_was_discarded_since_is_refused_as_outdated()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        foreach (var (stage, step) in new[] { (2, 20), (3, 20) }) await CompleteAsync(store, stage, step);
        Assert.Equal(ResultsFailure.Outdated, (await Assert.ThrowsAsync<ResultsException>(() => store.CreateSweepAsync(Later(1, 10)))).Failure);
        Assert.Single(await store.Queries.SweepsAsync());
    }

    [Fact]
    public async Task A_checkpoint_of_another_sweep_that_is_gone_is_made_anew_by_the_sweep_that_needs_it()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        await CompleteAsync(store, 3, 20);
        // Two runs begin at step 20, where the other sweep's second stage ends; a third at its first.
        var later = await store.CreateSweepAsync(Later(1, 10) with
        {
            Growth = new SweepGrowth
            {
                Configurations = [new("a", Heads(0)), new("b", Heads(1)), new("c", Heads(2))],
                Stages = [new(null, Heads(0), 1, 20, 30, StoredParent: 3), new(null, Heads(1), 1, 20, 40, StoredParent: 3), new(null, Heads(2), 1, 10, 30, StoredParent: 1)],
                Runs = [new(0, 1, [0]) { StoredPath = [1, 3] }, new(1, 1, [1]) { StoredPath = [1, 3] }, new(2, 1, [2]) { StoredPath = [1] }],
            },
        });
        Assert.Equal(20, (await store.Queries.FindSweepAsync(later))!.ReusedSteps);
        database.Ask<int>("DELETE FROM checkpoints");

        Assert.Null(await store.BeginAttemptAsync(Claim(6)));
        // The stage before it, and the one before that.
        var copies = (await store.Queries.StagesAsync(later)).Skip(3).ToArray();
        Assert.Equal([(9, 10L, 10, 20, StageState.Waiting), (10, null, 0, 10, StageState.Ready)],
            copies.Select(copy => ((int)copy.Id, copy.ParentId, copy.FromStep, copy.ToStep, copy.State)));
        Assert.Equal([StageState.Waiting, StageState.Waiting, StageState.Waiting], (await store.Queries.StagesAsync(later)).Take(3).Select(stage => stage.State));
        Assert.Equal(0, (await store.Queries.FindSweepAsync(later))!.ReusedSteps);
        foreach (var (stage, step) in new[] { (10, 10), (9, 20), (6, 30), (7, 40), (8, 30) }) await CompleteAsync(store, stage, step);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(later))!.State);
        Assert.Equal([[10, 20, 30], [10, 20, 40], [10, 30]], (await store.Queries.CurvesAsync(later, "val_loss")).Select(curve => curve.Points.Select(point => point.Step).ToArray()));
        // The other sweep has what it had.
        Assert.Equal([StageState.Completed, StageState.Ready, StageState.Completed, StageState.Ready, StageState.Ready], (await store.Queries.StagesAsync(1)).Select(stage => stage.State));
    }

    [Fact]
    public async Task What_a_stage_was_trained_on_is_recorded_and_several_devices_are_told_from_one()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(2, 1, 30));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordCheckpointAsync(1, 1, Checkpoint(10) with { Device = "cpu A", Inputs = "" });
        Assert.Equal(("cpu A", ""), ((await store.Queries.StageAsync(1))!.Device, (await store.Queries.StageAsync(1))!.Inputs));
        await store.EndAttemptAsync(1, 1, Lost(10));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordCheckpointAsync(1, 2, Checkpoint(20) with { Device = "cpu B", Inputs = "" });
        Assert.Equal((StageRecord.Several, ""), ((await store.Queries.StageAsync(1))!.Device, (await store.Queries.StageAsync(1))!.Inputs));
        Assert.Null((await store.Queries.StageAsync(2))!.Device);
    }

    /// <summary>A sweep of one run that goes on from a stored stage to step 30.</summary>
    private static NewSweep Later(long stage, int step) => new()
    {
        Name = "later", FileText = "name: later", Metric = "val_loss",
        Growth = new SweepGrowth
        {
            Configurations = [new("a", Heads(0), true)],
            Stages = [new(null, Heads(0), 1, step, 30, StoredParent: stage)],
            Runs = [new(0, 1, [0]) { StoredPath = [stage] }],
        },
    };

    private static async Task CompleteAsync(ResultsStore store, long stage, int step, AttemptStart? started = null)
    {
        var start = started ?? (await store.BeginAttemptAsync(Claim(stage)))!;
        await store.RecordPointsAsync(stage, start.Number, [Point(step, 10.0 / step), Point(step, 2, "train_loss")]);
        await store.RecordCheckpointAsync(stage, start.Number, Checkpoint(step, $"{stage}"));
        Assert.True(await store.EndAttemptAsync(stage, start.Number, Completed(step)));
    }
}

public sealed class ReuseSqliteTests() : ReuseTests(TestServer.File);

public sealed class ReusePostgresTests(PostgresTestServer server) : ReuseTests(server);
