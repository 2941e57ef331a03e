using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Core.Statistics.Importance;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Tests.Statistics;

public sealed class SweepImportanceTests
{
    private const string TwoParameters = "parameters: {x: {min: 0, max: 7}, y: {min: 0, max: 7}, z: {value: 3}}";

    // Var(3x) : Var(y) = 9 : 1; the noise of the seeds is gone from their mean.
    [Fact]
    public void The_means_over_seeds_are_explained_by_the_parameters_that_vary()
    {
        var importance = Of(TwoParameters, (x, y, seed) => 3 * x + y + (seed == 1 ? 50 : -50));
        Assert.Equal(("score", 64), (importance.Metric, importance.Configurations));
        Assert.Equal(["x", "y"], importance.Parameters.Select(parameter => parameter.Parameter));
        Assert.InRange(importance.Parameters[0].Share, 0.8, 0.95);
        Assert.InRange(importance.Parameters[1].Share, 0.05, 0.15);
        Assert.Matches(@"^Of the differences in score between 64 configurations, x alone explains \d\d%, y alone explains \d+% \(functional ANOVA\); what is left they do together\.$", importance.Words);
    }

    [Fact]
    public void What_was_stopped_early_has_no_result_to_be_explained()
    {
        var importance = Of(TwoParameters, (x, y, seed) => x, isStopped: (x, y) => y > 3);
        Assert.Equal(32, importance.Configurations);
    }

    [Theory]
    [InlineData(TwoParameters, "All 64 configurations have the same score.")]
    [InlineData("parameters: {x: {min: 0, max: 7}, y: {value: 1}}", "Fewer than two parameters vary; there is no importance to share out.")]
    public void Nothing_to_explain_is_said(string parameters, string words)
    {
        var importance = Of(parameters, (_, _, _) => 1);
        Assert.Equal(words, importance.Words);
        Assert.Empty(importance.Parameters);
    }

    [Fact]
    public void A_sweep_without_results_has_no_importance() =>
        Assert.Equal("Fewer than two configurations have a result yet.", Of(TwoParameters, (_, _, _) => double.NaN).Words);

    private static SweepImportance Of(string parameters, Func<long, long, int, double> score, Func<long, long, bool>? isStopped = null)
    {
        var spec = SweepFile.Parse($"program: a.py\nmethod: grid\nmetric: {{name: score}}\nseeds: 2\n{parameters}\n", "a.yaml");
        var plan = SweepPlan.Of(spec);
        var curves = plan.Runs.Select(run =>
        {
            var values = plan.Configurations[run.ConfigurationIndex].Parameters;
            var (x, y) = (values["x"].AsLong!.Value, values["y"].AsLong!.Value);
            return new RunCurve(run.ConfigurationIndex, run.Seed, [new CurvePoint(1, 0, 1, score(x, y, run.Seed))], true, isStopped?.Invoke(x, y) == true && run.Seed == 2 ? 1 : null);
        }).ToArray();
        return SweepImportance.Of(spec, plan, SweepAnalysis.Summarise(spec, plan, curves));
    }
}
