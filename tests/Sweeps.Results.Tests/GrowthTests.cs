using Sweeps.Results.Plans;
using Sweeps.Results.Records;
using Sweeps.Results.Writing;

namespace Sweeps.Results.Tests;

public abstract class GrowthTests(TestServer server)
{
    [Fact]
    public async Task A_sweep_that_had_ended_goes_on_with_what_is_added_to_it()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(configurations: 1, seeds: 1, steps: 10));
        await CompleteAsync(store, 1, 10);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);

        await GrowAsync(store, id, new SweepGrowth
        {
            Configurations = [new("heads=7", TestDatabase.Heads(7))],
            Stages = [new(null, TestDatabase.Heads(7), 1, 0, 10), new(null, TestDatabase.Heads(0), 1, 10, 25, StoredParent: 1)],
            Runs = [new(1, 1, [0]), new(0, 2, [1]) { StoredPath = [1] }],
        });

        var sweep = (await store.Queries.FindSweepAsync(id))!;
        Assert.Equal((SweepState.Running, (DateTimeOffset?)null), (sweep.State, sweep.FinishedAt));
        Assert.Equal(["heads=0", "heads=7"], (await store.Queries.ConfigurationsAsync(id)).Select(configuration => configuration.Label));
        Assert.Equal([StageState.Completed, StageState.Ready, StageState.Ready], (await store.Queries.StagesAsync(id)).Select(stage => stage.State));
        // One that begins with a stored stage has begun.
        Assert.Equal([(0, 1, RunState.Completed, 10), (0, 2, RunState.Running, 25), (1, 1, RunState.Waiting, 10)],
            (await store.Queries.RunsAsync(id)).Select(run => (run.Ordinal, run.Seed, run.State, run.Steps)));
        Assert.Equal("checkpoint-10", (await store.BeginAttemptAsync(TestDatabase.Claim(3)))!.ResumeFrom);

        await CompleteAsync(store, 2, 10);
        await store.RecordCheckpointAsync(3, 1, TestDatabase.Checkpoint(25));
        await store.EndAttemptAsync(3, 1, TestDatabase.Completed(25));
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task What_others_have_trained_completes_a_run_at_once()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(configurations: 1, seeds: 1, steps: 10));
        await CompleteAsync(store, 1, 10);
        await GrowAsync(store, id, new SweepGrowth { Configurations = [new("again", TestDatabase.Heads(0))], Stages = [], Runs = [new(1, 1, []) { StoredPath = [1] }] });
        Assert.Equal((SweepState.Completed, 2), ((await store.Queries.FindSweepAsync(id))!.State, (await store.Queries.RunsAsync(id)).Count(run => run.State == RunState.Completed)));
    }

    [Fact]
    public async Task Nothing_is_added_to_a_cancelled_sweep()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(configurations: 1, seeds: 1, steps: 10));
        await store.CancelSweepAsync(id);
        var growth = new SweepGrowth { Configurations = [new("more", TestDatabase.Heads(3))], Stages = [new(null, TestDatabase.Heads(3), 1, 0, 10)], Runs = [new(1, 1, [0])] };
        Assert.Contains("cancelled", (await Assert.ThrowsAsync<ResultsException>(() => GrowAsync(store, id, growth))).Message);
        Assert.Single(await store.Queries.ConfigurationsAsync(id));
    }

    private static Task GrowAsync(ResultsStore store, long sweepId, SweepGrowth growth) => store.DecideAsync(session =>
    {
        SweepCreation.Grow(session, session.Context.Sweeps.Find(sweepId)!, growth);
        return true;
    });

    private static async Task CompleteAsync(ResultsStore store, long stage, int step)
    {
        var start = (await store.BeginAttemptAsync(TestDatabase.Claim(stage)))!;
        await store.RecordCheckpointAsync(stage, start.Number, TestDatabase.Checkpoint(step));
        await store.EndAttemptAsync(stage, start.Number, TestDatabase.Completed(step));
    }
}

public sealed class GrowthSqliteTests() : GrowthTests(TestServer.File);

public sealed class GrowthPostgresTests(PostgresTestServer server) : GrowthTests(server);
