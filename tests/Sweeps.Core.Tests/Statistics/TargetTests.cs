using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

public sealed class TargetTests
{
    private static readonly CurvePoint[] Curve = [new(0, 0, 0, 4), new(100, 1000, 5, 3), new(200, 2000, 11, 2), new(300, 3000, 15, 2.5), new(400, 4000, 20, 1)];

    [Theory]
    [InlineData(4, 0, 0, 0)]
    [InlineData(3.25, 75, 750, 3.75)]
    [InlineData(3, 100, 1000, 5)]
    [InlineData(2.5, 150, 1500, 8)]
    [InlineData(2, 200, 2000, 11)]
    [InlineData(1.75, 350, 3500, 17.5)]
    [InlineData(1, 400, 4000, 20)]
    public void A_target_is_reached_where_the_line_between_validations_first_meets_it(double target, double step, double tokens, double seconds) =>
        Assert.Equal(new TargetCost(step, tokens, seconds), TargetCost.Of([.. Curve.Reverse()], target));

    [Theory]
    [InlineData(0.1, 0, 0, 0)]
    [InlineData(0.35, 50, 500, 1)]
    [InlineData(0.6, 100, 1000, 2)]
    [InlineData(0.9, 350, 3500, 10)]
    public void An_accuracy_reaches_its_target_from_below(double target, double step, double tokens, double seconds)
    {
        CurvePoint[] curve = [new(0, 0, 0, 0.1), new(100, 1000, 2, 0.6), new(200, 2000, 4, 0.5), new(300, 3000, 8, 0.8), new(400, 4000, 12, 1)];
        var cost = TargetCost.Of([.. curve.Reverse()], target, MetricGoal.Maximize)!;
        Assert.Equal((step, tokens, seconds), (Math.Round(cost.Step, 9), Math.Round(cost.Tokens, 9), Math.Round(cost.Seconds, 9)));
        Assert.Null(TargetCost.Of(curve[..3], 0.61, MetricGoal.Maximize));
    }

    [Fact]
    public void A_target_below_every_loss_is_not_reached()
    {
        Assert.Null(TargetCost.Of(Curve, 0.99));
        Assert.Null(TargetCost.Of([], 1));
    }

    [Fact]
    public void A_validation_without_a_finite_loss_is_passed_over() =>
        Assert.Equal(50, TargetCost.Of([new(0, 0, 0, 4), new(50, 500, 2, double.NaN), new(100, 1000, 4, 2), new(150, 1, 1, double.NegativeInfinity)], 3)!.Step);

    [Fact]
    public void Efficiency_is_the_geometric_mean_of_the_paired_ratios()
    {
        var efficiency = Efficiency.Of([(200, 100), (400, 100), (300, 300)])!;
        Assert.Equal(2, efficiency.Value, 1e-12);
        Assert.Equal(3, efficiency.Pairs);
        // Logarithms 0, ln 2, ln 4: mean ln 2, sd ln 2, t(0.975, 2) = 4.302653, so the ends are 2^(1 -+ 4.302653 / sqrt 3).
        Assert.Equal(Math.Pow(2, 1 - 4.302653 / Math.Sqrt(3)), efficiency.Interval!.Low, 1e-6);
        Assert.Equal(Math.Pow(2, 1 + 4.302653 / Math.Sqrt(3)), efficiency.Interval.High, 1e-5);
    }

    [Fact]
    public void One_pair_has_an_efficiency_but_no_interval_and_none_has_neither()
    {
        Assert.Equal(new Efficiency(2, null, 1), Efficiency.Of([(10, 5), (0, 3)]));
        Assert.Null(Efficiency.Of([]));
    }

    [Fact]
    public void The_efficiency_curve_of_a_run_twice_as_fast_is_two_at_every_target()
    {
        RunCurve Run(int seed, double speed) => new(0, seed,
            [.. Enumerable.Range(0, 11).Select(i => new CurvePoint(i * 10, i * 100, i, 4 - speed * i * 0.1 - seed * 0.001))]);
        var curve = Efficiency.Curve([Run(1, 1), Run(2, 1), Run(9, 1)], [Run(1, 2), Run(2, 2), Run(3, 2)], targets: 10);
        Assert.Equal(10, curve.Count);
        Assert.All(curve, point => Assert.Equal(2, point.Efficiency.Value, 0.05));
        Assert.All(curve, point => Assert.Equal(2, point.Efficiency.Pairs));
        Assert.True(curve.Zip(curve.Skip(1)).All(pair => pair.First.Target > pair.Second.Target));
        Assert.Equal(3 - 0.001, curve[^1].Target, 1e-9);
    }

    [Theory]
    [InlineData(MetricGoal.Minimize)]
    [InlineData(MetricGoal.Maximize)]
    public void The_efficiency_curve_is_at_each_target_that_of_the_target_alone(MetricGoal goal)
    {
        var random = new Random(1);
        var sign = goal == MetricGoal.Minimize ? 1 : -1;
        RunCurve Noisy(int seed, double speed) => new(0, seed, [.. Enumerable.Range(1, 200).OrderBy(_ => random.Next())
            .Select(i => new CurvePoint(i, i * 100, i, i % 50 == 7 ? double.NaN : sign * (3 - speed * Math.Sqrt(i) + 0.3 * random.NextDouble())))]);
        RunCurve[] baseline = [Noisy(1, 0.1), Noisy(2, 0.1)], own = [Noisy(1, 0.15), Noisy(2, 0.12)];
        var curve = Efficiency.Curve(baseline, own, goal: goal);
        Assert.InRange(curve.Count, 40, 50);
        Assert.All(curve, point => Assert.Equal(Efficiency.Of(baseline.Zip(own, (a, b) => (TargetCost.Of(a.Points, point.Target, goal)!.Tokens, TargetCost.Of(b.Points, point.Target, goal)!.Tokens))), point.Efficiency));
    }

    [Fact]
    public void The_efficiency_curve_of_an_accuracy_rises_and_is_that_of_its_error()
    {
        RunCurve Run(int seed, double speed, bool error) => new(0, seed,
            [.. Enumerable.Range(0, 11).Select(i => (0.9 - speed * i * 0.03) is var wrong ? new CurvePoint(i * 10, i * 100, i, error ? wrong : 1 - wrong) : default)]);
        var errors = Efficiency.Curve([Run(1, 1, true)], [Run(1, 2, true)], targets: 10);
        var accuracies = Efficiency.Curve([Run(1, 1, false)], [Run(1, 2, false)], targets: 10, MetricGoal.Maximize);
        Assert.Equal(10, accuracies.Count);
        Assert.All(accuracies.Zip(errors), pair =>
        {
            Assert.Equal(1 - pair.Second.Target, pair.First.Target, 1e-12);
            Assert.Equal(pair.Second.Efficiency.Value, pair.First.Efficiency.Value, 1e-9);
        });
    }

    [Fact]
    public void Runs_without_a_common_seed_have_no_efficiency_curve() =>
        Assert.Empty(Efficiency.Curve([new RunCurve(0, 1, Curve)], [new RunCurve(1, 2, Curve)]));
}
