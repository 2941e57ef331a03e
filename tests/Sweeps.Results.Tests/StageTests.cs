using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests;

public abstract class StageTests(TestServer server)
{
    [Fact]
    public async Task A_stored_sweep_comes_back_as_it_was_given()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Separate(3, 2, 100) with { Description = "Why?", Target = 1.7, Priority = 60, UserRetries = 2 });
        var overview = (await store.Queries.SweepAsync(id))!;
        Assert.Equal(("Why?", 1.7, 60, 2, SweepState.Running), (overview.Sweep.Description, overview.Sweep.Target, overview.Sweep.Priority,
            overview.Sweep.UserRetries, overview.Sweep.State));
        Assert.Equal((3, 6, 600L, 600L, 0L), (overview.Configurations, overview.Runs, overview.StepsPlanned, overview.StepsWithoutSharing, overview.StepsDone));
        var configurations = await store.Queries.ConfigurationsAsync(id);
        Assert.Equal([0L, 1, 2], configurations.Select(configuration => configuration.Parameters["heads"].AsLong!.Value));
        Assert.Equal([true, false, false], configurations.Select(configuration => configuration.IsBaseline));
        var runs = await store.Queries.RunsAsync(id);
        Assert.Equal([(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2)], runs.Select(run => (run.Ordinal, run.Seed)));
        Assert.Equal(6, (await store.Queries.ReadyStagesAsync()).Count);
    }

    [Fact]
    public async Task A_run_follows_the_stages_on_its_path_and_its_curve_joins_theirs()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Shared());
        Assert.Equal([(1L, 30)], (await store.Queries.ReadyStagesAsync()).Select(stage => (stage.StageId, stage.LongestPath)));
        Assert.Null(await store.BeginAttemptAsync(Claim(2)));

        await Train(store, 1, 0, 10);
        Assert.Equal([(2L, 10), (3L, 20)], (await store.Queries.ReadyStagesAsync()).Select(stage => (stage.StageId, stage.LongestPath)).Order());
        Assert.All(await store.Queries.RunsAsync(id), run => Assert.Equal(RunState.Running, run.State));
        Assert.Equal("stage-1-10", (await Train(store, 3, 10, 20)).ResumeFrom);
        Assert.Equal("stage-3-20", (await Train(store, 4, 20, 30)).ResumeFrom);

        var runs = await store.Queries.RunsAsync(id);
        Assert.Equal([RunState.Running, RunState.Completed, RunState.Running], runs.Select(run => run.State));
        Assert.Equal([(10, 110.0), (30, 430.0), (20, 320.0)], runs.Select(run => (run.StepsDone, run.Last!.Value)));
        Assert.Equal((100.0, 430.0), (runs[1].Min, runs[1].Max));
        Assert.Equal([0L, 5, 10, 15, 20, 25, 30], (await store.Queries.CurveAsync(runs[1].Id, "val_loss")).Select(point => point.Step));
        Assert.Equal([100.0, 105, 110, 315, 320, 425, 430], (await store.Queries.CurveAsync(runs[1].Id, "val_loss")).Select(point => point.Value));
        var curves = await store.Queries.CurvesAsync(id, "val_loss");
        Assert.Equal([3, 7, 5], curves.Select(curve => curve.Points.Count));
        Assert.Equal(["val_loss"], await store.Queries.MetricNamesAsync(id));
        Assert.Equal("stage-1-10", (await store.Queries.NewestCheckpointAsync(runs[0].Id))!.Path);
        Assert.Equal("stage-4-30", (await store.Queries.NewestCheckpointAsync(runs[1].Id))!.Path);
        Assert.Equal("stage-3-20", (await store.Queries.NewestCheckpointAsync(runs[2].Id))!.Path);

        await Train(store, 2, 10, 20);
        Assert.Equal(SweepState.Running, (await store.Queries.SweepAsync(id))!.Sweep.State);
        await Train(store, 5, 20, 25);
        var done = (await store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 3, 45L, 45L, 75L),
            (done.Sweep.State, done.RunsCompleted, done.StepsDone, done.StepsPlanned, done.StepsWithoutSharing));
        Assert.NotNull(done.Sweep.FinishedAt);

        // Each stage measures at its own first step too; the run has that point from the stage before.
        static async Task<AttemptStart> Train(ResultsStore store, long stage, int from, int to)
        {
            var start = (await store.BeginAttemptAsync(Claim(stage)))!;
            await store.RecordPointsAsync(stage, start.Number, [.. Enumerable.Range(0, 7).Select(i => i * 5).Where(step => step >= from && step <= to)
                .Select(step => Point(step, (100 * stage) + step))]);
            await store.RecordCheckpointAsync(stage, start.Number, Checkpoint(to, $"stage-{stage}"));
            Assert.True(await store.EndAttemptAsync(stage, start.Number, Completed(to)));
            return start;
        }
    }

    [Fact]
    public async Task A_point_that_only_the_later_stage_has_at_its_first_step_is_on_the_curve()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Shared());
        await TrainAsync(1, 0, 10);
        await TrainAsync(2, 10, 20);
        var run = (await store.Queries.RunsAsync(id))[0].Id;
        Assert.Equal([0L, 5, 10, 15], (await store.Queries.CurveAsync(run, "train_loss")).Select(point => point.Step));
        Assert.Equal([(0L, 1.0), (10, 1), (20, 2)], (await store.Queries.CurveAsync(run, "val_loss")).Select(point => (point.Step, point.Value)));

        // A training loss is that before the step, a validation that after it.
        async Task TrainAsync(long stage, int from, int to)
        {
            var start = (await store.BeginAttemptAsync(Claim(stage)))!;
            await store.RecordPointsAsync(stage, start.Number, [
                Point(from, stage), Point(to, stage), Point(from, stage, "train_loss"), Point(from + 5, stage, "train_loss")]);
            await store.RecordCheckpointAsync(stage, start.Number, Checkpoint(to, $"stage-{stage}"));
            Assert.True(await store.EndAttemptAsync(stage, start.Number, Completed(to)));
        }
    }

    [Fact]
    public async Task A_failed_stage_fails_the_runs_that_need_it_and_no_other()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Shared());
        await Complete(store, 1, 10);
        await store.BeginAttemptAsync(Claim(3));
        await store.EndAttemptAsync(3, 1, new AttemptEnd(AttemptOutcome.UserError, 12, "no such data set", StageState.Failed));
        var runs = await store.Queries.RunsAsync(id);
        Assert.Equal([(RunState.Running, null), (RunState.Failed, "no such data set"), (RunState.Failed, "no such data set")],
            runs.Select(run => (run.State, run.Error)));
        Assert.Equal([StageState.Completed, StageState.Ready, StageState.Failed, StageState.Cancelled, StageState.Cancelled],
            (await store.Queries.StagesAsync(id)).Select(stage => stage.State));
        Assert.Equal(SweepState.Running, (await store.Queries.SweepAsync(id))!.Sweep.State);
        await Complete(store, 2, 20);
        var overview = (await store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 1, 2), (overview.Sweep.State, overview.RunsCompleted, overview.RunsFailed));
    }

    [Fact]
    public async Task A_sweep_without_a_completed_run_has_failed()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Separate(1, 1, 10));
        await store.BeginAttemptAsync(Claim(1));
        await store.EndAttemptAsync(1, 1, new AttemptEnd(AttemptOutcome.UserError, 0, "bad", StageState.Failed));
        Assert.Equal(SweepState.Failed, (await store.Queries.SweepAsync(id))!.Sweep.State);
    }

    [Fact]
    public async Task A_lost_attempt_makes_its_stage_ready_counts_as_a_failure_and_can_come_back_until_the_next_begins()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 10));
        await store.BeginAttemptAsync(Claim(1));
        Assert.True(await store.EndAttemptAsync(1, 1, Lost()));
        Assert.False(await store.EndAttemptAsync(1, 1, Lost()));
        Assert.Equal((StageState.Ready, 1), await StateAsync());
        Assert.True(await store.ReviveAttemptAsync(1, 1));
        Assert.False(await store.ReviveAttemptAsync(1, 1));
        Assert.Equal((StageState.Running, 0), await StateAsync());
        await store.EndAttemptAsync(1, 1, Lost() with { CountsAsFailure = false });
        Assert.Equal((StageState.Ready, 0), await StateAsync());
        await store.BeginAttemptAsync(Claim(1));
        Assert.False(await store.ReviveAttemptAsync(1, 1));

        async Task<(StageState, int)> StateAsync()
        {
            var stage = (await store.Queries.StageAsync(1))!;
            return (stage.State, stage.MachineFailures);
        }
    }

    [Fact]
    public async Task Completion_without_the_last_checkpoint_is_refused()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Separate(1, 1, 10));
        await store.BeginAttemptAsync(Claim(1));
        await store.RecordCheckpointAsync(1, 1, Checkpoint(9));
        var exception = await Assert.ThrowsAsync<ResultsException>(() => store.EndAttemptAsync(1, 1, Completed(10)));
        Assert.Contains("no checkpoint at step 10", exception.Message);
        Assert.Equal(StageState.Running, (await store.Queries.StageAsync(1))!.State);
    }

    [Fact]
    public async Task A_paused_sweep_is_not_claimed_asks_its_workers_to_stop_and_goes_on_after_resuming()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Separate(2, 1, 10));
        await store.BeginAttemptAsync(Claim(1));
        await store.PauseSweepAsync(id);
        Assert.Empty(await store.Queries.ReadyStagesAsync());
        Assert.Null(await store.BeginAttemptAsync(Claim(2)));
        Assert.Equal(AttemptStanding.Stop, await store.RecordPointsAsync(1, 1, [Point(1, 1)]));
        Assert.False(Assert.Single(await store.Queries.OpenAttemptsAsync("here")).ShouldGoOn);
        Assert.Equal(AttemptStanding.Stop, await store.RecordCheckpointAsync(1, 1, Checkpoint(4)));
        await store.EndAttemptAsync(1, 1, new AttemptEnd(AttemptOutcome.Stopped, 4, null, StageState.Ready));
        Assert.Empty(await store.Queries.OpenAttemptsAsync("here"));

        Assert.Equal(id, (await store.Queries.FindUnfinishedAsync("name: separate"))!.Id);
        Assert.Null(await store.Queries.FindUnfinishedAsync("name: other"));
        await store.ResumeSweepAsync(id);
        Assert.Equal(2, (await store.Queries.ReadyStagesAsync()).Count);
        Assert.Equal(4, (await store.BeginAttemptAsync(Claim(1)))!.ResumeStep);
    }

    [Fact]
    public async Task Of_a_stopping_sweep_the_runs_that_have_begun_finish_and_no_other_begins()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Separate(3, 1, 10));
        await Complete(store, 1, 10);
        await store.BeginAttemptAsync(Claim(2));
        await store.StopSweepAsync(id);
        Assert.Empty(await store.Queries.ReadyStagesAsync());
        Assert.Null(await store.BeginAttemptAsync(Claim(3)));
        Assert.Equal(AttemptStanding.Continue, await store.RecordPointsAsync(2, 1, [Point(1, 1)]));
        Assert.Equal((SweepState.Running, true), await StateAsync());
        // One that has begun is tried again, too.
        await store.EndAttemptAsync(2, 1, Lost());
        await Complete(store, 2, 10);
        Assert.Equal([RunState.Completed, RunState.Completed, RunState.Cancelled], (await store.Queries.RunsAsync(id)).Select(run => run.State));
        Assert.Equal((SweepState.Completed, true), await StateAsync());

        async Task<(SweepState, bool)> StateAsync()
        {
            var sweep = (await store.Queries.FindSweepAsync(id))!;
            return (sweep.State, sweep.IsStopping);
        }
    }

    [Fact]
    public async Task A_shared_beginning_means_that_all_its_runs_have_begun_and_a_sweep_that_stops_before_any_is_cancelled()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var shared = await store.CreateSweepAsync(Shared());
        await store.BeginAttemptAsync(Claim(1));
        await store.StopSweepAsync(shared);
        Assert.All(await store.Queries.RunsAsync(shared), run => Assert.Equal(RunState.Running, run.State));
        Assert.DoesNotContain(await store.Queries.StagesAsync(shared), stage => stage.State == StageState.Cancelled);
        var waiting = await store.CreateSweepAsync(Separate(2, 1, 10));
        await store.StopSweepAsync(waiting);
        Assert.Equal(SweepState.Cancelled, (await store.Queries.FindSweepAsync(waiting))!.State);
    }

    [Fact]
    public async Task A_cancelled_sweep_is_over()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Separate(2, 1, 10));
        await Complete(store, 1, 10);
        await store.BeginAttemptAsync(Claim(2));
        await store.CancelSweepAsync(id);
        Assert.Equal(AttemptStanding.Stop, await store.RecordPointsAsync(2, 1, [Point(1, 1)]));
        await store.EndAttemptAsync(2, 1, new AttemptEnd(AttemptOutcome.Stopped, 4, null, StageState.Ready));
        Assert.Equal([StageState.Completed, StageState.Cancelled], (await store.Queries.StagesAsync(id)).Select(stage => stage.State));
        Assert.Equal([RunState.Completed, RunState.Cancelled], (await store.Queries.RunsAsync(id)).Select(run => run.State));
        await store.ResumeSweepAsync(id);
        Assert.Equal(SweepState.Cancelled, (await store.Queries.SweepAsync(id))!.Sweep.State);
        Assert.Null(await store.Queries.FindUnfinishedAsync("name: separate"));
    }

    [Fact]
    public async Task Running_stages_say_where_they_are()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Separate(2, 1, 10));
        await store.SeeMachineAsync("here", "[0, 1]");
        await store.BeginAttemptAsync(Claim(2, slot: 1));
        await store.RecordPointsAsync(2, 1, [Point(4, 2.5), Point(5, 9, "train_loss")]);
        var running = Assert.Single(await store.Queries.RunningStagesAsync(id));
        Assert.Equal((2L, 1, "here", 1, "heads=1", 5, 10, 2.5),
            (running.StageId, running.Attempt, running.MachineId, running.Slot, running.Label, running.StepsDone, running.ToStep, running.Last!.Value));
        Assert.Equal(1, running.Runs);
        await store.CreateSweepAsync(Shared());
        await store.BeginAttemptAsync(Claim(3));
        Assert.Equal(3, Assert.Single(await store.Queries.RunningStagesAsync(2)).Runs);
        Assert.Equal(["here"], await store.Queries.BusyMachinesAsync());
        Assert.Equal("[0, 1]", Assert.Single(await store.Queries.MachinesAsync()).SlotsJson);
    }

    [Fact]
    public async Task A_sweep_that_is_not_there_is_said_in_one_sentence()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var exception = await Assert.ThrowsAsync<ResultsException>(() => store.PauseSweepAsync(7));
        Assert.Equal("There is no sweep 7: `sweeps list` shows those there are.", exception.Message);
    }

    private static async Task Complete(ResultsStore store, long stage, int to)
    {
        var start = (await store.BeginAttemptAsync(Claim(stage)))!;
        await store.RecordCheckpointAsync(stage, start.Number, Checkpoint(to));
        await store.EndAttemptAsync(stage, start.Number, Completed(to));
    }
}

public sealed class StageSqliteTests() : StageTests(TestServer.File);

public sealed class StagePostgresTests(PostgresTestServer server) : StageTests(server);
