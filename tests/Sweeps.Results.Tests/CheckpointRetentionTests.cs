using Sweeps.Core.Protocol;
using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;
using static Sweeps.Results.Tests.TestDatabase;

namespace Sweeps.Results.Tests;

public abstract class CheckpointRetentionTests(TestServer server)
{
    [Fact]
    public async Task A_newer_checkpoint_of_a_stage_discards_the_older_one()
    {
        await using var database = server.New();
        await using (var store = await database.OpenAsync())
        {
            await store.CreateSweepAsync(Separate(2, 1, 30));
            await store.BeginAttemptAsync(Claim(1));
            await store.BeginAttemptAsync(Claim(2));
            await store.RecordCheckpointAsync(1, 1, Checkpoint(10, "one"));
            await store.RecordCheckpointAsync(2, 1, Checkpoint(20, "two"));
            Assert.Empty(await store.Queries.DiscardedCheckpointsAsync());
            await store.RecordCheckpointAsync(1, 1, Checkpoint(20, "one"));
            // The notice of the first again, because its answer was lost.
            Assert.Equal(AttemptStanding.Continue, await store.RecordCheckpointAsync(1, 1, Checkpoint(10, "one")));
            Assert.Equal([20], (await store.Queries.CheckpointsAsync(1)).Select(checkpoint => checkpoint.Step));
            Assert.Equal([20], (await store.Queries.CheckpointsAsync(2)).Select(checkpoint => checkpoint.Step));
        }
        await using (var store = await database.OpenAsync())
        {
            Assert.Equal(["one-10"], await store.Queries.DiscardedCheckpointsAsync());
            await store.ForgetDiscardedCheckpointsAsync(["one-10", "never-heard-of"]);
            Assert.Empty(await store.Queries.DiscardedCheckpointsAsync());
        }
    }

    [Fact]
    public async Task A_checkpoint_is_kept_until_all_stages_that_begin_with_it_are_complete_and_the_ends_of_runs_for_good()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        await CompleteAsync(store, 2, 20);
        Assert.Empty(await store.Queries.DiscardedCheckpointsAsync());
        await CompleteAsync(store, 3, 20);
        Assert.Equal(["1-10"], await store.Queries.DiscardedCheckpointsAsync());
        await CompleteAsync(store, 5, 25);
        Assert.Equal(["1-10"], await store.Queries.DiscardedCheckpointsAsync());
        await CompleteAsync(store, 4, 30);
        Assert.Equal(["1-10", "3-20"], await store.Queries.DiscardedCheckpointsAsync());
        var left = new List<string>();
        for (var stage = 1; stage <= 5; stage++) left.AddRange((await store.Queries.CheckpointsAsync(stage)).Select(checkpoint => checkpoint.Path));
        Assert.Equal(["2-20", "4-30", "5-25"], left);
    }

    [Fact]
    public async Task A_run_that_ends_within_anothers_path_keeps_its_end()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var shared = Shared();
        await store.CreateSweepAsync(shared with
        {
            Growth = shared.Growth with
            {
                Stages = [new(null, Heads(0), 1, 0, 10), new(0, Heads(1), 1, 10, 20)],
                Runs = [new(0, 1, [0]), new(1, 1, [0, 1])],
            },
        });
        await CompleteAsync(store, 1, 10);
        Assert.Equal(RunState.Completed, (await store.Queries.RunsAsync(1))[0].State);
        await CompleteAsync(store, 2, 20);
        Assert.Empty(await store.Queries.DiscardedCheckpointsAsync());
        Assert.Equal("1-10", (await store.Queries.NewestCheckpointAsync(1))!.Path);
    }

    [Fact]
    public async Task A_failed_stage_keeps_what_it_began_with()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        await store.CreateSweepAsync(Shared());
        await CompleteAsync(store, 1, 10);
        await store.BeginAttemptAsync(Claim(3));
        await store.EndAttemptAsync(3, 1, new AttemptEnd(AttemptOutcome.UserError, 12, "diverged", StageState.Failed));
        await CompleteAsync(store, 2, 20);
        Assert.Empty(await store.Queries.DiscardedCheckpointsAsync());
        Assert.Equal("1-10", (await store.Queries.NewestCheckpointAsync(2))!.Path);
    }

    private static async Task CompleteAsync(ResultsStore store, long stage, int step)
    {
        var start = (await store.BeginAttemptAsync(Claim(stage)))!;
        await store.RecordCheckpointAsync(stage, start.Number, Checkpoint(step, $"{stage}"));
        Assert.True(await store.EndAttemptAsync(stage, start.Number, Completed(step)));
    }
}

public sealed class CheckpointRetentionSqliteTests() : CheckpointRetentionTests(TestServer.File);

public sealed class CheckpointRetentionPostgresTests(PostgresTestServer server) : CheckpointRetentionTests(server);
