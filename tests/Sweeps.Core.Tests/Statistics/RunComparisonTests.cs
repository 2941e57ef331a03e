using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

// Expected numbers: scipy.stats 1.10 (ttest_ind with equal_var=False, ttest_rel, ttest_1samp).
public sealed class RunComparisonTests
{
    private static readonly ResultMetric Loss = ResultMetrics.All[0];

    [Fact]
    public void Runs_that_are_no_pairs_are_compared_by_Welchs_test()
    {
        var rows = RunComparison.Of(Loss, 3.0, [Runs("a", [3.0, 3.2, 3.1, 3.3]), Runs("b", [2.9, 3.0, 2.95])]).Rows;
        Assert.Null(rows[0].Difference);
        Assert.Equal((ComparisonTest.Welch, -0.2), (rows[1].Test!.Value, Math.Round(rows[1].Difference!.Difference, 12)));
        Assert.Equal(0.046407, rows[1].Difference!.P!.Value, 1e-6);
        Assert.Equal(0.112702, rows[1].BeyondTargetP!.Value, 1e-6);
    }

    [Fact]
    public void Pairs_are_compared_by_the_paired_test_over_the_seeds_that_both_have()
    {
        var row = RunComparison.Of(Loss, null, [Runs("a", [3.0, 3.2, 3.1, 3.3]), Runs("b", [2.9, 3.0, 2.95], pairs: true)]).Rows[1];
        Assert.Equal(ComparisonTest.Paired, row.Test);
        Assert.Equal(0.035099, row.Difference!.P!.Value, 1e-6);
    }

    [Fact]
    public void The_ratio_of_costs_without_pairs_has_Welchs_interval_on_the_logarithms()
    {
        var efficiency = Efficiency.Unpaired([100, 110, 105, 120], [90, 85, 95])!;
        Assert.Equal((1.206829, 0), (Math.Round(efficiency.Value, 6), efficiency.Pairs));
        Assert.Equal((1.060263, 1.373656), (Math.Round(efficiency.Interval!.Low, 6), Math.Round(efficiency.Interval.High, 6)));
        Assert.Null(Efficiency.Unpaired([100], [90, 85])!.Interval);
        Assert.Null(Efficiency.Unpaired([], [90, 85]));
    }

    [Fact]
    public void Costs_are_those_of_the_target_and_of_the_whole_run()
    {
        // Straight lines from 4 at step 0 to the final value at step 100 take 5 s a hundred steps: 3.5 is reached half way to 3.
        var rows = RunComparison.Of(Loss, 3.5, [Runs("a", [3.0, 3.0]), Runs("b", [2.0, 2.0], steps: 50)]).Rows;
        Assert.Equal([50, 2.5], rows[0].ToTarget.Select(cost => cost.Mean));
        Assert.Equal([TrainingCost.Steps, TrainingCost.Seconds], rows[0].ToTarget.Select(cost => cost.Unit));
        Assert.All(rows[1].ToTarget, cost => Assert.Equal(4, cost.Ratio!.Value, 1e-12));
        Assert.All(rows[1].ToEnd, cost => Assert.Equal(2, cost.Ratio!.Value, 1e-12));
        Assert.Contains("b: the whole run takes 2.000 times fewer steps (50 against 100; ratio 2.000, the same in every run) than a.", rows[1].Sentences);
    }

    [Fact]
    public void Runs_that_never_reach_the_target_or_diverge_are_counted_and_said()
    {
        var row = RunComparison.Of(Loss, 3.05, [Runs("a", [3.0, 3.2]), Runs("b", [3.0, 3.2, double.NaN])]).Rows[1];
        Assert.Equal((2, 1, 1), (row.N, row.Diverged, row.Reached!.Value));
        Assert.Contains("b: 2 of 3 runs never reached 3.0500; the costs of the target leave them out, which flatters it.", row.Sentences);
    }

    [Fact]
    public void Several_comparisons_are_corrected_and_a_configuration_without_runs_says_so()
    {
        var rows = RunComparison.Of(Loss, null, [Runs("a", [3.0, 3.2, 3.1, 3.3]), Runs("b", [2.9, 3.0, 2.95]), Runs("c", [3.0, 3.2, 3.15]), Runs("d", [])]).Rows;
        Assert.Equal(2 * rows[1].Difference!.P!.Value, rows[1].AdjustedP!.Value, 1e-12);
        Assert.Contains("after Holm's correction for 2 comparisons", rows[1].Sentences[0]);
        Assert.Equal("d has no finished run with a finite loss.", Assert.Single(rows[3].Sentences));
    }

    [Fact]
    public void A_curve_of_runs_that_are_no_pairs_takes_all_of_them_in_its_unit_and_may_leave_out_the_beginning()
    {
        RunCurve Straight(int seed, int steps) => new(0, seed, [new(0, 0, 0, 4), new(steps / 2, 0, steps / 2, 3), new(steps, 0, steps, 2)], IsComplete: true);
        RunCurve[] baseline = [Straight(1, 100), Straight(2, 100)], own = [Straight(7, 50), Straight(8, 50), Straight(9, 50)];
        Assert.Empty(Efficiency.Curve(baseline, own, unit: TrainingCost.Steps));
        var curve = Efficiency.Curve(baseline, own, targets: 10, unit: TrainingCost.Steps, isPaired: false);
        Assert.Equal((10, 2.0), (curve.Count, curve[^1].Target));
        Assert.All(curve, point => Assert.Equal(2, point.Efficiency.Value, 1e-9));
        Assert.All(Efficiency.Curve(baseline, own, unit: TrainingCost.Steps, isPaired: false, after: 0.3), point => Assert.InRange(point.Target, 2, 3));
    }

    private static ComparedRuns Runs(string name, double[] ends, bool pairs = false, int steps = 100) => new(name,
        [.. ends.Select((end, place) => new FinishedRun(new RunCurve(0, place + 1, [new(0, 0, 0, 4), new(steps, 0, steps / 20.0, end)], IsComplete: true), end))], pairs);
}
