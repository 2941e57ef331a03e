using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;
using Sweeps.Results.Records;

namespace Sweeps.Head.Tests;

/// <summary>Searches and early stopping through a real head, with real worker processes over HTTP.</summary>
public sealed class SearchTests
{
    private const int Limit = 240_000;

    [Theory(Timeout = Limit)]
    [InlineData("{type: asha, min_resource: 20}")]
    [InlineData("{type: hyperband, min_iter: 2}")]
    [InlineData("{type: median, startup: 1}")]
    public async Task Bad_configurations_are_stopped_and_the_answer_says_so(string stopper)
    {
        using var home = TestHome.Create();
        // Those to be stopped do nothing after step 30 but wait for it.
        home.Hold("2-1");
        home.Hold("3-1");
        await using var head = await home.StartAsync(slots: 1);
        var spec = Spec($"method: grid\nearly_terminate: {stopper}", "layers: {values: [1, 5, 20]}", steps: 60);
        var end = await head.WaitAsync((await head.SubmitAsync(spec)).SweepId);

        Assert.Equal(SweepState.Completed, end.Overview.Sweep.State);
        Assert.Equal([RunState.Completed, RunState.Pruned, RunState.Pruned], end.Runs.Select(run => run.State));
        Assert.All(end.Runs.Skip(1), run => Assert.InRange(run.StepsDone, 10, 30));
        Assert.Equal(end.Overview.StepsDone, end.Overview.StepsPlanned);

        var answer = await head.AnswerAsync(end.Overview.Sweep.Id);
        Assert.Equal([Standing.Baseline, Standing.Stopped, Standing.Stopped], answer.Summary.Configurations.Select(configuration => configuration.Standing));
        Assert.Equal([null, .. end.Runs.Skip(1).Select(run => (long?)run.StepsDone)], answer.Summary.Configurations.Select(configuration => configuration.StoppedAt));
        Assert.All(answer.Summary.Configurations.Skip(1), configuration => Assert.Equal((0, null), (configuration.N, configuration.Mean)));
        Assert.StartsWith("No configuration is better than the baseline: all others were stopped early.", answer.Summary.Verdict);
        Assert.Contains($"Stopped early and not compared: layers=5 (at step {end.Runs[1].StepsDone}); layers=20 (at step {end.Runs[2].StepsDone}).", answer.Summary.Verdict);
        Assert.DoesNotContain("Not finished", answer.Summary.Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_search_whose_head_ends_in_the_middle_comes_to_the_same_configurations_and_numbers()
    {
        var spec = Spec("method: tpe\nrun_cap: 13", "layers: {min: 1, max: 60}\n  dropout: {min: 0.0, max: 0.5}", steps: 40);
        using var calm = TestHome.Create();
        using var disturbed = TestHome.Create();
        await using (var head = await calm.StartAsync(slots: 1))
        {
            var end = await head.WaitAsync((await head.SubmitAsync(spec)).SweepId);
            Assert.Equal((SweepState.Completed, 13, 13), (end.Overview.Sweep.State, end.Overview.Configurations, end.Overview.RunsCompleted));
            var answer = await head.AnswerAsync(end.Overview.Sweep.Id);
            Assert.Equal(13, answer.Summary.Configurations.Count(configuration => configuration.Mean is not null));
        }
        await using (var head = await disturbed.StartAsync(slots: 1))
        {
            // The eleventh configuration is the first that is chosen by scores.
            disturbed.Hold("11-1");
            await head.SubmitAsync(spec);
            await disturbed.UntilHeldAsync("11-1");
        }
        await using (var head = await disturbed.StartAsync(slots: 1, continueSweeps: true))
        {
            Assert.Equal(SweepState.Completed, (await head.WaitAsync(1)).Overview.Sweep.State);
            Assert.True((await head.Queries.AttemptsAsync(11)).Count > 1);
            Assert.Equal(await LabelsAsync(head), await LabelsAsync(calm));
        }
        Assert.Equal(calm.Points(), disturbed.Points());
    }

    private static async Task<string[]> LabelsAsync(TestHome home)
    {
        await using var head = await home.StartAsync(slots: 1);
        return await LabelsAsync(head);
    }

    private static async Task<string[]> LabelsAsync(HeadHost head) => [.. (await head.Queries.ConfigurationsAsync(1)).Select(configuration => configuration.Label)];

    private static SweepSpec Spec(string method, string parameters, int steps) => SweepFile.Parse(
        $$"""
        {{method}}
        parameters:
          {{parameters}}
          data: {value: grammar}
          steps: {value: {{steps}}}
          eval_every: {value: 10}
        """, "search.yaml");
}
