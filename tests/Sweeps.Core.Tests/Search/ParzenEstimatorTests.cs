using MathNet.Numerics.Distributions;
using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Search;

public sealed class ParzenEstimatorTests
{
    private static readonly Axis Real = UnitCubeTests.AxisOf(new UniformDistribution(0, 1));
    private static readonly Axis Whole = UnitCubeTests.AxisOf(new IntUniformDistribution(0, 4));
    private static readonly Axis Unordered = UnitCubeTests.AxisOf(UnitCubeTests.Numbers(2, 0, 1));

    [Fact]
    public void One_observation_gives_its_kernel_and_the_prior_equal_parts()
    {
        var estimator = new ParzenEstimator([Real], [[ParameterValue.Of(0.3)]]);
        // One observation on one axis: max(0.2, 1/3); the prior is N(1/2, 1); both cut to [0, 1].
        static double Cut(double x, double mean, double width) =>
            Normal.PDF(mean, width, x) / (Normal.CDF(mean, width, 1) - Normal.CDF(mean, width, 0));
        foreach (var x in new[] { 0.05, 0.3, 0.9 })
            Assert.Equal(Math.Log(0.5 * Cut(x, 0.3, 1 / 3.0) + 0.5 * Cut(x, 0.5, 1)), estimator.LogDensity([ParameterValue.Of(x)]), 1e-9);
    }

    [Fact]
    public void Many_observations_have_the_bandwidth_of_the_number_of_axes()
    {
        // 40 equal observations on 2 axes: 0.2 * 40^(-1/6) = 0.1081, larger than the least, 1/42.
        var estimator = new ParzenEstimator([Real, Real], [.. Enumerable.Repeat(new[] { ParameterValue.Of(0.5), ParameterValue.Of(0.5) }, 40)]);
        var width = 0.2 * Math.Pow(40, -1 / 6.0);
        double[] ratio = [.. new[] { 0.5, 0.6 }.Select(x => Math.Exp(estimator.LogDensity([ParameterValue.Of(x), ParameterValue.Of(0.5)])))];
        var prior = ParzenEstimator.Weights(40)[^1] * Math.Pow(Normal.PDF(0.5, 1, 0.5) / (Normal.CDF(0.5, 1, 1) - Normal.CDF(0.5, 1, 0)), 2);
        // Far from the border the cut is nothing (4.6 widths); the prior hardly falls from 0.5 to 0.6.
        Assert.Equal(Math.Exp(-0.5 * Math.Pow(0.1 / width, 2)), (ratio[1] - prior * Math.Exp(-0.005)) / (ratio[0] - prior), 1e-4);
    }

    [Fact]
    public void The_density_of_real_numbers_has_the_integral_one()
    {
        var estimator = new ParzenEstimator([Real], [[ParameterValue.Of(0.02)], [ParameterValue.Of(0.3)], [ParameterValue.Of(0.97)]]);
        var integral = Enumerable.Range(0, 1000).Average(i => Math.Exp(estimator.LogDensity([ParameterValue.Of((i + 0.5) / 1000)])));
        Assert.Equal(1, integral, 1e-5); // the midpoint rule's error
    }

    [Fact]
    public void The_probabilities_of_values_that_can_be_counted_have_the_sum_one()
    {
        ParameterValue[] Pair(long whole, long choice) => [ParameterValue.Of(whole), ParameterValue.Of(choice)];
        var estimator = new ParzenEstimator([Whole, Unordered], [Pair(4, 2), Pair(1, 2), Pair(4, 0)]);
        var sum = Enumerable.Range(0, 5).Sum(whole => Enumerable.Range(0, 3).Sum(choice => Math.Exp(estimator.LogDensity(Pair(whole, choice)))));
        Assert.Equal(1, sum, 1e-9);
    }

    [Fact]
    public void A_choice_gains_by_each_time_that_it_was_observed()
    {
        // Two observations of 2 and one of 0 among three choices: kernels (1/4 + 1, 1/4, 1/4) / (7/4) and the prior (1, 1, 1) / 3.
        var estimator = new ParzenEstimator([Unordered], [.. new long[] { 2, 2, 0 }.Select(choice => new[] { ParameterValue.Of(choice) })]);
        double Chance(long choice) => Math.Exp(estimator.LogDensity([ParameterValue.Of(choice)]));
        Assert.Equal((2 * 5 / 7.0 + 1 / 7.0 + 1 / 3.0) / 4, Chance(2), 1e-9);
        Assert.Equal((5 / 7.0 + 2 / 7.0 + 1 / 3.0) / 4, Chance(0), 1e-9);
        Assert.Equal((3 / 7.0 + 1 / 3.0) / 4, Chance(1), 1e-9);
    }

    [Fact]
    public void Draws_follow_the_density()
    {
        ParameterValue[] Pair(long whole, long choice) => [ParameterValue.Of(whole), ParameterValue.Of(choice)];
        var estimator = new ParzenEstimator([Whole, Unordered], [Pair(4, 2), Pair(1, 2), Pair(4, 0)]);
        var random = new SplitMix64(5);
        const int Draws = 5000;
        var counts = Enumerable.Range(0, Draws).Select(_ => estimator.Sample(random))
            .CountBy(uniforms => (Whole.ValueAt(uniforms[0]).AsLong!.Value, Unordered.ValueAt(uniforms[1]).AsLong!.Value)).ToDictionary();
        var chiSquare = 0.0;
        for (var whole = 0L; whole < 5; whole++)
            for (var choice = 0L; choice < 3; choice++)
            {
                var expected = Draws * Math.Exp(estimator.LogDensity(Pair(whole, choice)));
                chiSquare += Math.Pow(counts.GetValueOrDefault((whole, choice)) - expected, 2) / expected;
            }
        Assert.True(chiSquare < 36.1, $"{chiSquare}"); // the 0.999 quantile with 14 degrees of freedom
    }

    [Fact]
    public void Old_observations_weigh_less_when_there_are_more_than_25()
    {
        Assert.Equal(Enumerable.Repeat(1 / 26.0, 26), ParzenEstimator.Weights(25));
        Assert.Equal([1.0], ParzenEstimator.Weights(0));
        // Of 28, three rise evenly from 1/28 to 1, then 25 and the prior weigh 1 each.
        var weights = ParzenEstimator.Weights(28);
        var sum = 1 / 28.0 + 29 / 56.0 + 1 + 26;
        Assert.Equal(29, weights.Length);
        Assert.Equal([1 / 28.0 / sum, 29 / 56.0 / sum, 1 / sum, 1 / sum], weights.Take(4), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal(1 / sum, weights[^1], 1e-15);
    }
}
