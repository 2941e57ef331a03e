using Sweeps.Results.Attempts;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Results.Tests;

/// <summary>Searches that add configurations, and configurations that are stopped early.</summary>
public abstract class SearchTests(TestServer server)
{
    [Fact]
    public async Task A_sweep_that_is_searching_does_not_end_with_its_runs()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10) with { IsSearching = true });
        Assert.Empty(await store.Queries.IdleSearchesAsync());
        await CompleteAsync(store, 1, 10);
        Assert.Equal(SweepState.Running, (await store.Queries.FindSweepAsync(id))!.State);
        Assert.Equal([id], await store.Queries.IdleSearchesAsync());

        await store.SearchOnAsync(id, More(1), isLast: true, ["heads=9 was chosen and cannot be trained."]);
        Assert.Equal((SweepState.Running, false), await StateAsync());
        Assert.Contains("heads=9 was chosen and cannot be trained.", (await store.Queries.EventsAsync(0, id)).Where(one => one.Kind == "configuration.refused").Select(one => one.Text));
        await CompleteAsync(store, 2, 10);
        Assert.Equal((SweepState.Completed, false), await StateAsync());

        async Task<(SweepState, bool)> StateAsync() => (await store.Queries.FindSweepAsync(id)) is var sweep ? (sweep!.State, sweep.IsSearching) : default;
    }

    [Fact]
    public async Task A_search_that_comes_to_nothing_more_ends_its_sweep()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10) with { IsSearching = true });
        await CompleteAsync(store, 1, 10);
        await store.SearchOnAsync(id, null, isLast: false, []);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);
    }

    [Fact]
    public async Task A_search_adds_nothing_to_a_sweep_that_is_not_running()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(1, 1, 10) with { IsSearching = true });
        await CompleteAsync(store, 1, 10);
        await store.PauseSweepAsync(id);
        Assert.Empty(await store.Queries.IdleSearchesAsync());
        await store.SearchOnAsync(id, More(1), isLast: false, []);
        Assert.Single(await store.Queries.ConfigurationsAsync(id));
        await store.ResumeSweepAsync(id);
        Assert.Equal([id], await store.Queries.IdleSearchesAsync());
    }

    [Fact]
    public async Task Of_a_pruned_configuration_only_the_stages_end_that_nobody_else_needs()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        // Run a is 1-2, b is 1-3-4, c is 1-3-5.
        var id = await store.CreateSweepAsync(TestDatabase.Shared());
        await CompleteAsync(store, 1, 10);
        await store.BeginAttemptAsync(TestDatabase.Claim(2));
        await store.BeginAttemptAsync(TestDatabase.Claim(3, slot: 1));
        await PruneAsync(store, id, [0, 2]);
        Assert.Equal([RunState.Pruned, RunState.Running, RunState.Pruned], (await store.Queries.RunsAsync(id)).Select(run => run.State));
        Assert.Equal([StageState.Completed, StageState.Cancelled, StageState.Running, StageState.Waiting, StageState.Cancelled],
            (await store.Queries.StagesAsync(id)).Select(stage => stage.State));
        Assert.Equal((AttemptStanding.Stop, AttemptStanding.Continue), (await store.RecordPointsAsync(2, 1, [TestDatabase.Point(12, 1)]), await store.RecordPointsAsync(3, 1, [])));

        // One that comes to its end all the same is still a pruned one.
        await store.RecordCheckpointAsync(2, 1, TestDatabase.Checkpoint(20));
        Assert.True(await store.EndAttemptAsync(2, 1, TestDatabase.Completed(20)));
        await CompleteAsync(store, 3, 20, begun: true);
        await CompleteAsync(store, 4, 30);
        var overview = (await store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 1, 2), (overview.Sweep.State, overview.RunsCompleted, overview.RunsPruned));
        Assert.Equal((40L, 40L), (overview.StepsDone, overview.StepsPlanned));
    }

    [Fact]
    public async Task Pruning_what_has_ended_changes_nothing_and_pruning_all_completes_the_sweep()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(2, 2, 10));
        await CompleteAsync(store, 1, 10);
        await PruneAsync(store, id, [0]);
        await PruneAsync(store, id, [0]);
        Assert.Equal([RunState.Completed, RunState.Pruned, RunState.Waiting, RunState.Waiting], (await store.Queries.RunsAsync(id)).Select(run => run.State));
        Assert.Equal("heads=0 was stopped early, with one run before the end.", Assert.Single(await store.Queries.EventsAsync(0, id), one => one.Kind == "configuration.pruned").Text);
        await PruneAsync(store, id, [1]);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);
        Assert.Empty(await store.Queries.ReadyStagesAsync());
    }

    [Fact]
    public async Task What_was_judged_before_the_sweep_was_extended_is_not_pruned()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(2, 1, 10) with { StopsEarly = true });
        var judged = (await store.Queries.FindSweepAsync(id))!;
        // The two change places.
        var known = await store.Queries.ConfigurationsAsync(id);
        await store.ExtendSweepAsync(id, new SweepExtension
        {
            FileText = "name: extended", StopsEarly = true, Stages = [], Runs = [],
            Configurations = [.. known.Reverse().Select(one => ((long?)one.Id, new NewConfiguration(one.Label, one.Parameters, one.IsBaseline)))],
        });
        await store.PruneAsync(id, judged.FileHash, [1]);
        Assert.All(await store.Queries.RunsAsync(id), run => Assert.Equal(RunState.Waiting, run.State));
        await PruneAsync(store, id, [1]);
        Assert.Equal([("heads=1", RunState.Waiting), ("heads=0", RunState.Pruned)], (await store.Queries.RunsAsync(id)).OrderBy(run => run.Ordinal).Select(run => (run.Label, run.State)));
    }

    [Fact]
    public async Task A_pruned_run_that_is_made_longer_is_trained_again_and_its_file_says_whether_it_may_be_stopped()
    {
        await using var database = server.New();
        await using var store = await database.OpenAsync();
        var id = await store.CreateSweepAsync(TestDatabase.Separate(2, 1, 10) with { StopsEarly = true });
        await CompleteAsync(store, 1, 10);
        await PruneAsync(store, id, [1]);
        Assert.Equal(SweepState.Completed, (await store.Queries.FindSweepAsync(id))!.State);
        var known = await store.Queries.ConfigurationsAsync(id);
        await store.ExtendSweepAsync(id, new SweepExtension
        {
            FileText = "name: longer", StopsEarly = false,
            Configurations = [.. known.Select(one => ((long?)one.Id, new NewConfiguration(one.Label, one.Parameters, one.IsBaseline)))],
            Stages = [new(null, TestDatabase.Heads(0), 1, 10, 20, StoredParent: 1), new(null, TestDatabase.Heads(1), 1, 0, 20)],
            Runs = [new(0, 1, [0]) { StoredPath = [1] }, new(1, 1, [1])],
        });
        var sweep = (await store.Queries.FindSweepAsync(id))!;
        Assert.Equal((SweepState.Running, false, 0), (sweep.State, sweep.StopsEarly, sweep.ReusedSteps));
        Assert.Equal([RunState.Running, RunState.Waiting], (await store.Queries.RunsAsync(id)).Select(run => run.State));
        await CompleteAsync(store, 3, 20);
        await CompleteAsync(store, 4, 20);
        var overview = (await store.Queries.SweepAsync(id))!;
        Assert.Equal((SweepState.Completed, 2, 0, 40L, 40L), (overview.Sweep.State, overview.RunsCompleted, overview.RunsPruned, overview.StepsDone, overview.StepsPlanned));
    }

    private static async Task PruneAsync(ResultsStore store, long sweep, int[] ordinals) =>
        await store.PruneAsync(sweep, (await store.Queries.FindSweepAsync(sweep))!.FileHash, ordinals);

    private static SweepGrowth More(int configuration) => new()
    {
        Configurations = [new("more", TestDatabase.Heads(9))], Stages = [new(null, TestDatabase.Heads(9), 1, 0, 10)], Runs = [new(configuration, 1, [0])],
    };

    private static async Task CompleteAsync(ResultsStore store, long stage, int step, bool begun = false)
    {
        var attempt = begun ? 1 : (await store.BeginAttemptAsync(TestDatabase.Claim(stage)))!.Number;
        await store.RecordCheckpointAsync(stage, attempt, TestDatabase.Checkpoint(step));
        await store.EndAttemptAsync(stage, attempt, TestDatabase.Completed(step));
    }
}

public sealed class SearchSqliteTests() : SearchTests(TestServer.File);

public sealed class SearchPostgresTests(PostgresTestServer server) : SearchTests(server);
