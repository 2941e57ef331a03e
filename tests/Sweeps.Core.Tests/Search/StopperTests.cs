using Sweeps.Core.Search.Stopping;
using static Sweeps.Core.Search.Stopping.TrainingState;

namespace Sweeps.Core.Tests.Search;

public sealed class StopperTests
{
    [Theory]
    [InlineData(27, 2, 3, new[] { 3, 9 })]
    [InlineData(18, 2, 3, new[] { 2, 6 })]
    [InlineData(5, 2, 2, new[] { 1, 2 })]
    [InlineData(81, 3, 3, new[] { 3, 9, 27 })]
    [InlineData(9, 5, 3, new[] { 1, 3 })]
    public void Bands_from_max_iter_are_those_of_Weights_and_Biases(int maxIter, int s, double eta, int[] bands) =>
        Assert.Equal(bands, HyperbandStopper.FromMaxIter(maxIter, s, eta).BandsUpTo(1000));

    [Fact]
    public void Bands_from_min_iter_go_on_without_end()
    {
        Assert.Equal([3, 9, 27, 81], HyperbandStopper.FromMinIter(3).BandsUpTo(100));
        Assert.Equal([30, 45, 67], HyperbandStopper.FromMinIter(30, eta: 1.5).BandsUpTo(100));
        Assert.Empty(HyperbandStopper.FromMinIter(3).BandsUpTo(2));
    }

    [Fact]
    public void Hyperband_stops_what_Weights_and_Biases_stops()
    {
        // The example of its stopping rule's documentation: bands 1 and 2, thresholds 10 and 8.
        MeanCurve[] curves =
        [
            Curve(0, Finished, 10, 9), Curve(1, Running, 10, 10), Curve(2, Running, 10, 8, 8), Curve(3, Running, 10, 7, 7), Curve(4, Finished, 10, 6, 6),
        ];
        Assert.Equal([1], HyperbandStopper.FromMaxIter(5, s: 2, eta: 2).ToStop(curves));
    }

    [Fact]
    public void Strict_hyperband_judges_the_value_at_the_band_and_lenient_the_best_so_far()
    {
        // Bands 1 and 3 with thresholds 10 and 4: the third of 5 and the second of 3 values.
        MeanCurve[] curves =
        [
            Curve(0, Finished, 9, 8), Curve(1, Running, 11, 11), Curve(2, Running, 10, 8, 3), Curve(3, Running, 10, 7, 4), Curve(4, Running, 10, 3.5, 6),
        ];
        Assert.Equal([1, 4], HyperbandStopper.FromMaxIter(9, s: 2, eta: 3).ToStop(curves));
        Assert.Equal([1], HyperbandStopper.FromMaxIter(9, s: 2, eta: 3, isStrict: false).ToStop(curves));
    }

    [Fact]
    public void Hyperband_counts_logged_values_and_passes_over_those_that_are_not_finite()
    {
        var stopper = HyperbandStopper.FromMaxIter(4, s: 1, eta: 2);
        MeanCurve[] curves = [Curve(0, Finished, 1, 1), Curve(1, Finished, 1, 1), Curve(2, Running, double.NaN, 5)];
        Assert.Empty(stopper.ToStop(curves));
        Assert.Equal([2], stopper.ToStop([.. curves.Take(2), Curve(2, Running, double.NaN, 5, 5)]));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(99, null)]
    [InlineData(100, 100L)]
    [InlineData(399, 100L)]
    [InlineData(400, 400L)]
    [InlineData(6400, 6400L)]
    [InlineData(long.MaxValue, 100L << 56)]
    public void The_rungs_of_asha_grow_by_the_reduction(long step, long? rung) => Assert.Equal(rung, new AshaStopper(minResource: 100).RungUpTo(step));

    [Fact]
    public void Asha_leaves_a_quarter_at_a_rung_and_at_least_the_best()
    {
        var stopper = new AshaStopper(minResource: 100);
        MeanCurve At(int index, double value) => new(index, Running, [new(50, 9), new(100, value)]);
        var curves = Enumerable.Range(0, 8).Select(index => At(index, index)).ToArray();
        Assert.Equal([2, 3, 4, 5, 6, 7], stopper.ToStop(curves));
        Assert.Empty(stopper.ToStop(curves[..1]));
        Assert.Equal([1, 2], stopper.ToStop(curves[..3]));
    }

    [Fact]
    public void Asha_compares_values_at_the_same_rung_only()
    {
        // The second is judged at 400, which only it and the first have reached; the third at 100, where its 3 is the best.
        MeanCurve[] curves =
        [
            new(0, Finished, [new(100, 5), new(400, 1)]), new(1, Running, [new(150, 4), new(450, 2)]), new(2, Running, [new(120, 3)]), new(3, Running, [new(90, 8)]),
        ];
        Assert.Equal([1], new AshaStopper(minResource: 100).ToStop(curves));
    }

    [Fact]
    public void Asha_stops_one_that_came_first_when_better_ones_follow()
    {
        var stopper = new AshaStopper(minResource: 1, reduction: 2);
        var first = Curve(0, Running, 5);
        Assert.Empty(stopper.ToStop([first]));
        Assert.Equal([0], stopper.ToStop([first, Curve(1, Running, 4)]));
    }

    [Fact]
    public void The_median_rule_compares_the_best_value_with_the_finished_ones_at_the_step()
    {
        // At step 2 the finished ones have 4, 5, 6, 7, 8 (the last one was last measured at step 1): median 6.
        MeanCurve[] finished =
        [
            Curve(0, Finished, 9, 4, 1), Curve(1, Finished, 9, 5, 1), Curve(2, Finished, 9, 6, 1), Curve(3, Finished, 9, 7, 1),
            new(4, Finished, [new(1, 8), new(3, 1)]),
        ];
        MeanCurve[] running = [Curve(5, Running, 7, 6.5), Curve(6, Running, 5, 20), Curve(7, Running, 6, 7), Curve(8, Running)];
        Assert.Equal([5], new MedianStopper().ToStop([.. finished, .. running]));
        Assert.Empty(new MedianStopper(startUp: 6).ToStop([.. finished, .. running]));
        Assert.Empty(new MedianStopper(warmUpSteps: 3).ToStop([.. finished, .. running]));
    }

    [Fact]
    public void Of_an_even_number_of_finished_ones_the_median_lies_between_the_middle_two()
    {
        MeanCurve[] finished = [Curve(0, Finished, 1), Curve(1, Finished, 2), Curve(2, Finished, 4), Curve(3, Finished, 9)];
        Assert.Equal([5], new MedianStopper(startUp: 4).ToStop([.. finished, Curve(4, Running, 3), Curve(5, Running, 3.001)]));
    }

    [Fact]
    public void What_diverges_is_stopped_by_asha_and_the_median_rule()
    {
        MeanCurve[] curves = [Curve(0, Finished, 3), Curve(1, Running, double.NaN), Curve(2, Running, double.PositiveInfinity)];
        Assert.Equal([1, 2], new AshaStopper(minResource: 1).ToStop(curves));
        Assert.Equal([1, 2], new MedianStopper(startUp: 1).ToStop(curves));
        Assert.Equal([1, 2], new AshaStopper(minResource: 1).ToStop(curves[1..]));
    }

    [Fact]
    public void Nothing_is_stopped_before_anything_has_begun_or_that_is_not_running()
    {
        foreach (var stopper in (IStopper[])[HyperbandStopper.FromMinIter(1), new AshaStopper(1), new MedianStopper(startUp: 1)])
        {
            Assert.Empty(stopper.ToStop([]));
            Assert.Empty(stopper.ToStop([Curve(0, Running)]));
            Assert.Empty(stopper.ToStop([Curve(0, Finished, 1, 1), Curve(1, Finished, 1, 1), Curve(2, Finished, 5, 5), Curve(3, Stopped, 9, 9)]));
        }
    }

    [Fact]
    public void The_order_of_the_curves_does_not_matter()
    {
        var random = new Sweeps.Core.Search.SplitMix64(1);
        var curves = Enumerable.Range(0, 40).Select(index => Curve(index, (TrainingState)random.Below(3),
            [.. Enumerable.Range(0, random.Below(30)).Select(_ => random.NextUniform())])).ToArray();
        var shuffled = curves.OrderBy(_ => random.Next()).ToArray();
        foreach (var stopper in (IStopper[])[HyperbandStopper.FromMinIter(2), new AshaStopper(2), new MedianStopper()])
        {
            Assert.NotEmpty(stopper.ToStop(curves));
            Assert.Equal(stopper.ToStop(curves), stopper.ToStop(shuffled).Order());
        }
    }

    [Fact]
    public void A_mean_curve_is_the_mean_over_the_seeds_that_have_come_to_a_step()
    {
        MeanPoint[] one = [new(1, 2.0), new(2, 1.0)];
        MeanPoint[] two = [new(1, 4.0)];
        Assert.Equal([new MeanPoint(1, 3), new MeanPoint(2, 1)], MeanCurve.Mean([one, two]));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => HyperbandStopper.FromMinIter(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HyperbandStopper.FromMinIter(1, eta: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HyperbandStopper.FromMaxIter(2, s: 1, eta: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => HyperbandStopper.FromMaxIter(9, s: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AshaStopper(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AshaStopper(1, reduction: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MedianStopper(startUp: 0));
    }

    /// <summary>A curve measured at the steps 1, 2, 3 ...</summary>
    private static MeanCurve Curve(int index, TrainingState state, params double[] values) =>
        new(index, state, [.. values.Select((value, i) => new MeanPoint(i + 1, value))]);
}
