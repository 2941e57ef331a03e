using Microsoft.Data.Sqlite;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

public sealed class GrainTests : IDisposable
{
    private readonly TestDirectory directory = new();

    private string Database => directory.Path("sweeps.db");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Free_slots_are_given_ready_stages_until_the_sweep_is_complete()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(3));
        await head.Sweep(id).Start();
        var orders = await head.SyncAsync(free: [0, 1]);
        Assert.Equal([(1L, 1, 0), (2L, 1, 1)], orders.Start.Select(order => (order.StageId, order.Number, order.Slot)));
        await head.CompleteAsync(orders.Start[0]);
        var next = Assert.Single((await head.SyncAsync(free: [0], running: [new(2, 1)])).Start);
        Assert.Equal((3L, 0), (next.StageId, next.Slot));
        await head.CompleteAsync(orders.Start[1]);
        await head.CompleteAsync(next);
        Assert.Empty((await head.SyncAsync(free: [0, 1])).Start);
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Theory]
    [InlineData(true, false, AttemptOutcome.UserError)]
    [InlineData(true, true, AttemptOutcome.Completed)]
    [InlineData(false, false, AttemptOutcome.Completed)]
    public async Task A_command_whose_file_names_a_metric_must_report_it(bool needsMetric, bool reports, AttemptOutcome outcome)
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 0) with { Program = "train.py", Command = new CommandSpec { NeedsMetric = needsMetric }, UserRetries = 0 });
        var order = Assert.Single((await head.SyncAsync(free: [0])).Start);
        Assert.Equal((id, 1L), (order.Command!.SweepId, order.Command.RunId));
        await head.Store.RecordPointsAsync(1, 1, [new MetricPoint(reports ? "val_loss" : "loss", 5, double.NaN, 0, 1)]);
        Assert.True(await head.Sweep(id).AttemptEnded(new AttemptEnding(1, 1, AttemptOutcome.Completed, 5, null)));
        var attempt = (await head.Store.Queries.AttemptAsync(1, 1))!;
        Assert.Equal(outcome, attempt.Outcome);
        if (outcome == AttemptOutcome.UserError) Assert.StartsWith("train.py ended well but printed no val_loss, by which the sweep is judged: ", attempt.Error);
    }

    [Fact]
    public async Task A_command_that_somebody_killed_is_lost()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 0) with { Command = new CommandSpec() });
        await head.SyncAsync(free: [0]);
        await head.SyncAsync(ended: [new(new(1, 1), WorkerExitCode.ProgramKilled, false, "step 1\nThe program was ended by signal 15.\n")]);
        var attempt = (await head.Store.Queries.AttemptAsync(1, 1))!;
        Assert.Equal((AttemptOutcome.Lost, "The program was ended by signal 15."), (attempt.Outcome, attempt.Error));
        Assert.Equal((StageState.Ready, 1), ((await head.Store.Queries.StageAsync(1))!.State, (await head.Store.Queries.StageAsync(1))!.MachineFailures));
    }

    [Fact]
    public async Task Memory_that_runs_out_makes_the_parts_of_the_next_attempts_smaller_until_they_are_as_small_as_can_be()
    {
        await using (var head = await TestHead.StartAsync(Database))
        {
            await head.SubmitAsync(Batches(size: 6, retries: 9));
            Assert.Equal(0, await RunOutOfMemoryAsync(head));
            // What else goes wrong in between changes nothing.
            var lost = Assert.Single((await head.SyncAsync(free: [0])).Start);
            Assert.Equal(1, lost.MemoryFailures);
            await head.SyncAsync(ended: [new(new(1, lost.Number), 137, false, "")]);
            Assert.Equal(["Stage 1 is tried again with accumulation 2, batches in parts of 3 sequences instead of 6: the same steps in less memory."], await SmallerAsync(head));
        }
        // A head that was restarted knows it too.
        await using var next = await TestHead.StartAsync(Database);
        Assert.Equal(1, await RunOutOfMemoryAsync(next));
        Assert.Equal("Stage 1 is tried again with accumulation 6, batches in parts of 1 sequence instead of 3: the same steps in less memory.", (await SmallerAsync(next))[^1]);
        Assert.Equal(2, await RunOutOfMemoryAsync(next));
        var stage = (await next.Store.Queries.StageAsync(1))!;
        Assert.Equal((StageState.Failed, "Memory ran out with batches in parts of 1 sequence (accumulation 6): batch_size 6 allows no smaller ones. "
            + "Write a smaller context or model, or train it where there is more memory. (can't allocate)"), (stage.State, stage.Error));
        Assert.Equal(2, (await SmallerAsync(next)).Length);
    }

    [Fact]
    public async Task Memory_that_runs_out_once_more_than_the_file_allows_fails_with_what_to_write()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.SubmitAsync(Batches(size: 6, retries: 0));
        await RunOutOfMemoryAsync(head);
        var stage = (await head.Store.Queries.StageAsync(1))!;
        Assert.Equal((StageState.Failed, "Memory ran out with batches in parts of 6 sequences (accumulation 1): write accumulation 2, or a larger number for oom in retries, "
            + "which tries that by itself. (can't allocate)"), (stage.State, stage.Error));
        Assert.Empty(await SmallerAsync(head));
    }

    [Fact]
    public async Task A_command_that_runs_out_of_memory_is_tried_again_as_it_is()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 0) with { Command = new CommandSpec() });
        await RunOutOfMemoryAsync(head);
        Assert.Single((await head.SyncAsync(free: [0])).Start);
        Assert.Empty(await SmallerAsync(head));
    }

    [Fact]
    public async Task The_database_knows_a_token_by_its_hash_alone()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        var order = Assert.Single((await head.SyncAsync(free: [0])).Start);
        Assert.True(AttemptToken.Fits(order.Token, (await head.Store.Queries.AttemptAsync(1, 1))!));
        Assert.DoesNotContain(order.Token, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Database + "-wal")));
    }

    [Fact]
    public async Task A_killed_workers_stage_is_tried_again_from_its_last_checkpoint()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 100));
        await head.SyncAsync(free: [0]);
        await head.Store.RecordCheckpointAsync(1, 1, new CheckpointNotice(40, "/checkpoints/1/40", "00", 1));
        var order = Assert.Single((await head.SyncAsync(free: [0], ended: [new(new(1, 1), 137, false, "")])).Start);
        Assert.Equal((1L, 2, "/checkpoints/1/40"), (order.StageId, order.Number, order.ResumeFrom));
        var attempts = await head.Store.Queries.AttemptsAsync(1);
        Assert.Equal([(AttemptOutcome.Lost, 0), ((AttemptOutcome?)null, 40)], attempts.Select(attempt => (attempt.Outcome, attempt.ResumedFrom)));
        Assert.Contains("SIGKILL", attempts[0].Error);
    }

    [Fact]
    public async Task An_exhausted_budget_fails_the_run_with_the_error_and_leaves_the_others_alone()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(2));
        WorkerEnding[] bad = [];
        for (var i = 0; i < 2; i++)
        {
            var order = (await head.SyncAsync(free: [0], ended: bad)).Start[0];
            Assert.Equal(1, order.StageId);
            bad = [new WorkerEnding(new(order.StageId, order.Number), WorkerExitCode.UserError, false, "There is no data set x.\n")];
        }
        var other = Assert.Single((await head.SyncAsync(free: [0], ended: bad)).Start);
        Assert.Equal(2, other.StageId);
        await head.CompleteAsync(other);
        var runs = await head.Store.Queries.RunsAsync(id);
        Assert.Equal([(RunState.Failed, "There is no data set x."), (RunState.Completed, null)], runs.Select(run => (run.State, run.Error)));
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task A_restarted_head_goes_on_where_it_was()
    {
        await using (var head = await TestHead.StartAsync(Database))
        {
            await head.Store.CreateSweepAsync(TestHead.Plan(3));
            var orders = await head.SyncAsync(free: [0, 1]);
            await head.CompleteAsync(orders.Start[0]);
            await head.SyncAsync(running: [new(2, 1)]);
        }
        await using (var head = await TestHead.StartAsync(Database))
        {
            // The agent survived, and so did its worker: it simply goes on, and the free slot gets what is left.
            var orders = await head.SyncAsync(free: [0], running: [new(2, 1)]);
            Assert.Empty(orders.Stop);
            Assert.Empty(orders.Kill);
            Assert.Equal(3, Assert.Single(orders.Start).StageId);
        }
        await using (var head = await TestHead.StartAsync(Database))
        {
            // The agent was restarted too: both attempts are lost, which counts against nobody.
            var orders = await head.SyncAsync(free: [0, 1]);
            Assert.Equal([(2L, 2), (3L, 2)], orders.Start.Select(order => (order.StageId, order.Number)));
            Assert.All(await head.Store.Queries.StagesAsync(1), stage => Assert.Equal(0, stage.MachineFailures));
        }
    }

    [Fact]
    public async Task A_silent_machine_loses_its_attempts_when_its_lease_runs_out_and_not_before()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        await head.SyncAsync(free: [0]);
        head.Clock.Turn(TimeSpan.FromSeconds(15));
        await head.Machine().ExpireLease();
        Assert.Equal(StageState.Running, (await head.Store.Queries.StageAsync(1))!.State);

        head.Clock.Turn(TimeSpan.FromMilliseconds(1));
        await head.Machine().ExpireLease();
        Assert.Equal(StageState.Ready, (await head.Store.Queries.StageAsync(1))!.State);
        Assert.Contains("No word from machine here for 15 s", (await head.Store.Queries.AttemptAsync(1, 1))!.Error);

        var order = Assert.Single((await head.SyncAsync(free: [0], machine: "there")).Start);
        Assert.Equal(2, order.Number);
        // The machine comes back with its worker, too late: that worker is fenced.
        var late = await head.SyncAsync(running: [new(1, 1)]);
        Assert.Equal([new AttemptKey(1, 1)], late.Kill);
    }

    [Fact]
    public async Task A_machine_that_comes_back_before_the_next_attempt_simply_goes_on()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        await head.SyncAsync(free: [0]);
        head.Clock.Turn(TimeSpan.FromSeconds(16));
        await head.Machine().ExpireLease();
        var orders = await head.SyncAsync(running: [new(1, 1)]);
        Assert.Empty(orders.Kill);
        Assert.Empty(orders.Stop);
        var stage = (await head.Store.Queries.StageAsync(1))!;
        Assert.Equal((StageState.Running, 1, 0), (stage.State, stage.Attempt, stage.MachineFailures));
        Assert.Empty((await head.SyncAsync(free: [0], machine: "there")).Start);
    }

    [Fact]
    public async Task A_worker_that_has_reported_its_end_is_not_killed_while_it_exits()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        await head.CompleteAsync((await head.SyncAsync(free: [0])).Start[0]);
        Assert.Empty((await head.SyncAsync(running: [new(1, 1)])).Kill);
    }

    [Fact]
    public async Task Pausing_asks_the_workers_to_end_and_resuming_takes_up_their_checkpoints()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(2, steps: 100));
        await head.SyncAsync(free: [0]);
        await head.Sweep(id).Pause();
        var orders = await head.SyncAsync(free: [1], running: [new(1, 1)]);
        Assert.Equal([new AttemptKey(1, 1)], orders.Stop);
        Assert.Empty(orders.Start);
        await head.Store.RecordCheckpointAsync(1, 1, new CheckpointNotice(30, "/checkpoints/1/30", "00", 1));
        Assert.True(await head.Sweep(id).AttemptEnded(new AttemptEnding(1, 1, AttemptOutcome.Stopped, 30, null)));
        Assert.Empty((await head.SyncAsync(free: [0, 1])).Start);

        await head.Sweep(id).Resume();
        orders = await head.SyncAsync(free: [0, 1]);
        Assert.Equal([(1L, 2, "/checkpoints/1/30"), (2L, 1, null)], orders.Start.Select(order => (order.StageId, order.Number, order.ResumeFrom)));
    }

    [Fact]
    public async Task Stopping_lets_what_has_begun_finish_and_begins_nothing_else()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(3));
        var order = Assert.Single((await head.SyncAsync(free: [0])).Start);
        await head.Sweep(id).Stop();
        var orders = await head.SyncAsync(free: [1], running: [new(1, 1)]);
        Assert.Empty(orders.Stop);
        Assert.Empty(orders.Start);
        await head.CompleteAsync(order);
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task A_report_that_the_network_has_delayed_is_no_news()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(2));
        var order = Assert.Single((await head.Machine().Sync(new MachineReport("[]", [0], [], [], "first", 7))).Start);
        // Sent before that order was given, it does not know the worker and would have it begun again.
        var late = await head.Machine().Sync(new MachineReport("[]", [0], [], [], "first", 6));
        Assert.Empty(late.Start);
        Assert.Single(await head.Store.Queries.OpenAttemptsAsync("here"));
        // A new life of the agent, which has found the worker alive.
        Assert.Empty((await head.Machine().Sync(new MachineReport("[]", [], [new(order.StageId, order.Number)], [], "second", 1))).Kill);
        Assert.Null((await head.Store.Queries.AttemptAsync(order.StageId, order.Number))!.Outcome);
    }

    [Fact]
    public async Task Cancelling_ends_the_workers_and_the_sweep()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(2));
        await head.SyncAsync(free: [0]);
        await head.Sweep(id).Cancel();
        var orders = await head.SyncAsync(free: [1], running: [new(1, 1)]);
        Assert.Equal([new AttemptKey(1, 1)], orders.Stop);
        Assert.Empty(orders.Start);
        await head.SyncAsync(free: [0, 1], ended: [new(new(1, 1), WorkerExitCode.Stopped, true, "")]);
        Assert.Empty(await head.Store.Queries.OpenAttemptsAsync("here"));
        Assert.Equal(SweepState.Cancelled, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task Two_sweeps_share_the_slots_and_a_higher_priority_goes_first()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(3, name: "a"));
        await head.Store.CreateSweepAsync(TestHead.Plan(3, name: "b"));
        var urgent = await head.Store.CreateSweepAsync(TestHead.Plan(1, name: "c") with { Priority = 90 });
        await head.Sweep(urgent).Start();
        var orders = await head.SyncAsync(free: [0, 1, 2, 3, 4]);
        Assert.Equal(["c", "a", "b", "a", "b"], orders.Start.Select(order => order.SweepName));
    }

    [Fact]
    public async Task Machines_that_claim_at_once_get_each_stage_once()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(30, name: "a"));
        await head.Store.CreateSweepAsync(TestHead.Plan(30, name: "b"));
        var orders = await Task.WhenAll(Enumerable.Range(0, 25).Select(machine => head.SyncAsync(free: [0, 1, 2], machine: $"machine-{machine}")));
        var claimed = orders.SelectMany(order => order.Start).ToList();
        Assert.Equal(Enumerable.Range(1, 60).Select(id => (long)id), claimed.Select(order => order.StageId).Order());
        Assert.All(await head.Store.Queries.StagesAsync(1), stage => Assert.Equal((StageState.Running, 1), (stage.State, stage.Attempt)));
    }

    [Fact]
    public async Task Attempts_that_end_at_once_all_end_and_the_sweep_with_them()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(20));
        var orders = await head.SyncAsync(free: [.. Enumerable.Range(0, 20)]);
        await Task.WhenAll(orders.Start.Select(head.CompleteAsync));
        Assert.Equal(SweepState.Completed, (await head.Store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task A_stage_that_becomes_ready_takes_its_place_among_those_that_wait()
    {
        await using var head = await TestHead.StartAsync(Database);
        var plan = TestHead.Plan(4);
        var id = await head.Store.CreateSweepAsync(plan with
        {
            Growth = plan.Growth with
            {
                Stages = [.. plan.Growth.Stages, plan.Growth.Stages[0], plan.Growth.Stages[0] with { Parent = 4, FromStep = 10, ToStep = 30 }],
                Runs = [.. plan.Growth.Runs, new NewRun(3, 2, [4, 5])],
            },
        });
        await head.Sweep(id).Start();
        var first = Assert.Single((await head.SyncAsync(free: [0])).Start);
        Assert.Equal(5, first.StageId);
        await head.CompleteAsync(first);
        Assert.Equal([6L, 1], (await head.SyncAsync(free: [0, 1])).Start.Select(order => order.StageId));
    }

    [Fact]
    public async Task The_copy_of_a_stage_whose_checkpoint_is_gone_takes_its_place_among_those_that_wait()
    {
        await using var head = await TestHead.StartAsync(Database);
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        await head.CompleteAsync((await head.SyncAsync(free: [0])).Start[0]);
        var plan = TestHead.Plan(1, name: "later");
        var later = await head.Store.CreateSweepAsync(plan with
        {
            Priority = 90,
            Growth = plan.Growth with
            {
                Stages = [plan.Growth.Stages[0] with { StoredParent = 1, FromStep = 10, ToStep = 20 }],
                Runs = [new NewRun(0, 1, [0]) { StoredPath = [1] }],
            },
        });
        var others = await head.Store.CreateSweepAsync(TestHead.Plan(5, name: "others") with { Priority = 10 });
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM checkpoints";
            command.ExecuteNonQuery();
        }
        var other = Assert.Single((await head.SyncAsync(free: [0])).Start);
        Assert.Equal(others, (await head.Store.Queries.StageAsync(other.StageId))!.SweepId);
        var copy = Assert.Single((await head.SyncAsync(free: [1], running: [new(other.StageId, 1)])).Start);
        Assert.Equal((later, 0, 10), ((await head.Store.Queries.StageAsync(copy.StageId))!.SweepId, copy.FromStep, copy.ToStep));
        await head.CompleteAsync(copy);
        var last = Assert.Single((await head.SyncAsync(free: [1], running: [new(other.StageId, 1)])).Start);
        Assert.Equal(($"checkpoint-{copy.StageId}", 10, 20), (last.ResumeFrom, last.FromStep, last.ToStep));
    }

    [Fact]
    public async Task The_end_of_a_fenced_attempt_changes_nothing()
    {
        await using var head = await TestHead.StartAsync(Database);
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(1));
        await head.SyncAsync(free: [0]);
        await head.SyncAsync(free: [0], ended: [new(new(1, 1), 137, false, "")]);
        Assert.False(await head.Sweep(id).AttemptEnded(new AttemptEnding(1, 1, AttemptOutcome.UserError, 5, "late")));
        Assert.False(await head.Sweep(99).AttemptEnded(new AttemptEnding(1, 2, AttemptOutcome.UserError, 5, "another sweep's")));
        var stage = (await head.Store.Queries.StageAsync(1))!;
        Assert.Equal((StageState.Running, 2, 0), (stage.State, stage.Attempt, stage.UserFailures));
    }

    [Fact]
    public async Task A_refusal_of_the_database_reaches_the_caller_as_its_sentence()
    {
        await using var head = await TestHead.StartAsync(Database);
        var exception = await Assert.ThrowsAsync<ResultsException>(() => head.Sweep(5).Stop());
        Assert.StartsWith("There is no sweep 5", exception.Message);
    }

    private static string Batches(int size, int retries) =>
        $"{{name: t, method: grid, metric: {{name: val_loss, goal: minimize}}, parameters: {{batch_size: {{value: {size}}}, steps: {{value: 10}}}}, retries: {{oom: {retries}}}}}";

    /// <returns>How often memory had run out before, as the attempt was told.</returns>
    private static async Task<int> RunOutOfMemoryAsync(TestHead head)
    {
        var order = Assert.Single((await head.SyncAsync(free: [0])).Start);
        await head.SyncAsync(ended: [new(new(order.StageId, order.Number), WorkerExitCode.OutOfMemory, false, "can't allocate")]);
        return order.MemoryFailures;
    }

    private static async Task<string[]> SmallerAsync(TestHead head) =>
        [.. (await head.Store.Queries.EventsAsync()).Where(one => one.Kind == "stage.smaller").Select(one => one.Text)];
}
