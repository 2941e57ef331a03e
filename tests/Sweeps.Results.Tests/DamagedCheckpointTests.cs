using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests;

/// <summary>A checkpoint that cannot be read costs the work that only it held, and nothing else.</summary>
public abstract class DamagedCheckpointTests(TestServer server)
{
    private static readonly AttemptEnd Damaged = new(AttemptOutcome.DamagedCheckpoint, 0, "The checkpoint cannot be read.", StageState.Ready);

    [Fact]
    public async Task A_stage_whose_own_checkpoint_is_damaged_begins_from_the_one_before()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        await store.BeginAttemptAsync(Claim(2));
        await store.RecordPointsAsync(2, 1, [Point(12, 1)]);
        await store.RecordCheckpointAsync(2, 1, Checkpoint(15, "own"));
        await store.EndAttemptAsync(2, 1, Lost());
        Assert.Equal("own-15", (await store.BeginAttemptAsync(Claim(2)))!.ResumeFrom);
        Assert.True(await store.EndAttemptAsync(2, 2, Damaged));
        Assert.Equal(["own-15"], await store.Queries.DiscardedCheckpointsAsync());
        Assert.Equal("checkpoint-10", (await store.BeginAttemptAsync(Claim(2)))!.ResumeFrom);
        Assert.Equal(2, (await store.Queries.StageAsync(2))!.MachineFailures);
        Assert.Equal(0, database.Ask<int>("SELECT count(*) FROM metric_points WHERE stage_id = 2"));
        Assert.Contains(await store.Queries.EventsAsync(), e => e.Kind == "checkpoint.void" && e.Text == "The checkpoint own-15 cannot be read: stage 2 begins from the one before.");
    }

    [Fact]
    public async Task A_damaged_end_of_a_stage_lets_it_be_trained_again_and_those_after_it_wait()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        await CompleteAsync(store, 3, 20);
        await store.BeginAttemptAsync(Claim(4));
        await store.EndAttemptAsync(4, 1, Damaged);
        Assert.Equal([StageState.Completed, StageState.Ready, StageState.Ready, StageState.Waiting, StageState.Ready], await StatesAsync());
        // The other one that begins there finds it gone and waits too.
        Assert.Null(await store.BeginAttemptAsync(Claim(5)));
        Assert.Equal(StageState.Waiting, (await StatesAsync())[4]);

        await CompleteAsync(store, 3, 20);
        foreach (var (stage, end) in new[] { (4, 30), (5, 25), (2, 20) }) await CompleteAsync(store, stage, end);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);

        async Task<StageState[]> StatesAsync() => [.. (await store.Queries.StagesAsync(id)).Select(stage => stage.State)];
    }

    [Fact]
    public async Task Where_the_checkpoint_before_is_gone_too_everything_from_the_first_step_is_trained_again()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(Shared());
        foreach (var (stage, end) in new[] { (1, 10), (2, 20), (3, 20) }) await CompleteAsync(store, stage, end);
        Assert.Empty(await store.Queries.CheckpointsAsync(1));
        await store.BeginAttemptAsync(Claim(4));
        await store.EndAttemptAsync(4, 1, Damaged);
        Assert.Equal([StageState.Ready, StageState.Completed, StageState.Waiting, StageState.Waiting, StageState.Ready],
            (await store.Queries.StagesAsync(id)).Select(stage => stage.State));
        Assert.Equal([RunState.Completed, RunState.Running, RunState.Running], (await store.Queries.RunsAsync(id)).Select(run => run.State));
        foreach (var (stage, end) in new[] { (1, 10), (3, 20), (4, 30), (5, 25) }) await CompleteAsync(store, stage, end);
        Assert.Equal((SweepState.Completed, 3), ((await store.Queries.SweepAsync(id))!.Sweep.State, (await store.Queries.SweepAsync(id))!.RunsCompleted));
    }

    [Fact]
    public async Task A_run_that_ended_with_the_damaged_checkpoint_is_completed_again()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        // Run 0 ends where run 1 goes on.
        var plan = Shared() with { Growth = Shared().Growth with { Runs = [new(0, 1, [0]), new(1, 1, [0, 1]), new(2, 1, [0, 2, 3])] } };
        var id = await store.CreateSweepAsync(plan);
        await CompleteAsync(store, 1, 10);
        Assert.Equal(RunState.Completed, (await store.Queries.RunsAsync(id))[0].State);
        await store.BeginAttemptAsync(Claim(2));
        await store.EndAttemptAsync(2, 1, Damaged);
        Assert.Equal(RunState.Running, (await store.Queries.RunsAsync(id))[0].State);
        await CompleteAsync(store, 1, 10);
        Assert.Equal(RunState.Completed, (await store.Queries.RunsAsync(id))[0].State);
    }

    private static async Task CompleteAsync(ResultsStore store, long stage, int to)
    {
        var start = (await store.BeginAttemptAsync(Claim(stage)))!;
        await store.RecordCheckpointAsync(stage, start.Number, Checkpoint(to));
        Assert.True(await store.EndAttemptAsync(stage, start.Number, Completed(to)));
    }
}

public sealed class DamagedCheckpointSqliteTests() : DamagedCheckpointTests(TestServer.File);

public sealed class DamagedCheckpointPostgresTests(PostgresTestServer server) : DamagedCheckpointTests(server);
