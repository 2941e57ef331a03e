using Sweeps.Core.SweepFiles;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Sweeps that go on from what earlier ones trained, with real worker processes.</summary>
public sealed class ReuseTests
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_longer_sweep_goes_on_from_the_ends_of_a_shorter_one_and_trains_anew_where_a_checkpoint_is_missing_or_cut()
    {
        using var home = TestHome.Create();
        await using var head = await home.StartAsync();
        await head.WaitAsync((await head.SubmitAsync(TestHome.Spec())).SweepId);
        File.Delete(home.Path("checkpoints", "2", "60"));
        File.WriteAllText(home.Path("checkpoints", "3", "60"), "6");
        var id = (await head.SubmitAsync(Longer())).SweepId;
        var end = await head.WaitAsync(id);
        Assert.Equal((SweepState.Completed, 120L), (end.Overview.Sweep.State, end.Overview.Sweep.ReusedSteps));
        Assert.Equal([(0, 1, 2), (0, 2, 1), (60, 1, 1), (60, 2, 2)], (await head.Queries.StagesAsync(id))
            .Select(stage => (stage.FromStep, Heads: (int)stage.Parameters["heads"].AsLong!, stage.Seed)).Order());
        foreach (var stage in await head.Queries.StagesAsync(id)) Assert.Equal(stage.FromStep, Assert.Single(await head.Queries.AttemptsAsync(stage.Id)).ResumedFrom);
        foreach (var curve in await head.Queries.CurvesAsync(id, "val_loss"))
            Assert.Equal(Enumerable.Range(1, 10).Select(i => (10L * i, (5000 - (100 * i) + curve.Seed) / 1000.0)), curve.Points.Select(point => (point.Step, point.Value)));
        // Files are removed within a second, and the last ones when the head ends.
        await head.DisposeAsync();
        Assert.Equal(["1/60", "3/60", "4/60"], home.Checkpoints().Where(file => file[0] is >= '1' and <= '4').ToArray());
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_is_taken_from_a_stage_that_was_trained_on_another_processor_or_with_sharing_turned_off()
    {
        using var home = TestHome.Create();
        long first;
        await using (var head = await home.StartAsync()) await head.WaitAsync(first = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId);
        await using (var head = await home.StartAsync())
        {
            var apart = await head.WaitAsync((await head.SubmitAsync(TestHome.Spec("apart", seeds: 1) with { SharePrefixes = false })).SweepId);
            Assert.Equal((0L, 120L), (apart.Overview.Sweep.ReusedSteps, apart.Overview.StepsDone));
            var same = await head.WaitAsync((await head.SubmitAsync(TestHome.Spec("same", seeds: 1))).SweepId);
            Assert.Equal((120L, 0L), (same.Overview.Sweep.ReusedSteps, same.Overview.StepsDone));
        }
        home.Ask("UPDATE stages SET device = 'cpu of long ago'");
        await using (var head = await home.StartAsync())
        {
            var other = await head.WaitAsync((await head.SubmitAsync(TestHome.Spec("other", seeds: 1))).SweepId);
            Assert.Equal((0L, 120L), (other.Overview.Sweep.ReusedSteps, other.Overview.StepsDone));
        }
        Assert.Equal(1, first);
    }

    [Fact(Timeout = Limit)]
    public async Task A_sweep_that_is_under_way_is_extended_without_beginning_anything_anew()
    {
        using var home = TestHome.Create();
        home.Hold();
        await using (var head = await home.StartAsync())
        {
            var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
            await home.UntilHeldAsync("1-1");
            await home.UntilHeldAsync("2-1");
            var plan = await head.ExtendAsync(id, Longer());
            Assert.Equal((2, 4), (plan.Longer, plan.Plan.Runs.Length));
            Assert.Equal([StageState.Waiting, StageState.Waiting], (await head.Queries.StagesAsync(id)).Where(stage => stage.FromStep == 60).Select(stage => stage.State));
            home.Release();
            var end = await head.WaitAsync(id);
            Assert.Equal((SweepState.Completed, 4, 400L, 400L), (end.Overview.Sweep.State, end.Overview.RunsCompleted, end.Overview.StepsDone, end.Overview.StepsPlanned));
            Assert.Equal(6, (await head.Queries.StagesAsync(id)).Count);
            foreach (var stage in await head.Queries.StagesAsync(id)) Assert.Single(await head.Queries.AttemptsAsync(stage.Id));
            Assert.All(await head.Queries.CurvesAsync(id, "val_loss"), curve => Assert.Equal(Enumerable.Range(1, 10).Select(i => 10L * i), curve.Points.Select(point => point.Step)));
        }
        // Only the ends of runs are left.
        Assert.All(home.Checkpoints(), file => Assert.EndsWith("/100", file));
    }

    [Fact(Timeout = Limit)]
    public async Task Over_the_api_a_changed_file_extends_a_sweep()
    {
        using var home = TestHome.Create();
        await using var head = await home.StartAsync();
        var id = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        using var client = new HttpClient { BaseAddress = head.Url };
        using var refused = await client.PostAsync($"/api/sweeps/{id}/extend", new StringContent(TestHome.Yaml(seeds: 1).Replace("[1, 2]", "[1]")), TestContext.Current.CancellationToken);
        Assert.Equal(422, (int)refused.StatusCode);
        Assert.Contains("leaves out heads=2", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var answer = await client.PostAsync($"/api/sweeps/{id}/extend", new StringContent(TestHome.Yaml(seeds: 2)), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains("\"runs\":4,", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(4, (await head.WaitAsync(id)).Overview.RunsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_search_chooses_from_results_is_not_extended()
    {
        using var home = TestHome.Create();
        home.Hold();
        await using var head = await home.StartAsync();
        var grid = (await head.SubmitAsync(TestHome.Spec(seeds: 1))).SweepId;
        var search = SweepFile.Parse(TestHome.Yaml(seeds: 1).Replace("method: grid", "method: tpe\nrun_cap: 2"), "search.yaml");
        Assert.Contains("cannot be extended", (await Assert.ThrowsAsync<ResultsException>(() => head.ExtendAsync(grid, search))).Message);
        var searching = (await head.SubmitAsync(search)).SweepId;
        Assert.Contains("cannot be extended", (await Assert.ThrowsAsync<ResultsException>(() => head.ExtendAsync(searching, Longer()))).Message);
    }

    /// <summary>The usual sweep with 100 steps; the learning rate still reaches its floor at step 60.</summary>
    private static SweepSpec Longer() => SweepFile.Parse(TestHome.Yaml().Replace(" steps: {value: 60}\n  warmup", " steps: {value: 100}\n  warmup"), "longer.yaml");
}
