using FsCheck.Fluent;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

public sealed class TTestTests
{
    // Student's sleep data (1908), R's data set "sleep"; the expected values are what R's t.test prints in its documentation's example.
    private static readonly double[] Drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    private static readonly double[] Drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    // The 14 validation losses of a record of the modded-nanogpt speedrun.
    private static readonly double[] Record =
        [3.2783, 3.2809, 3.2784, 3.2783, 3.2787, 3.2776, 3.2781, 3.2780, 3.2768, 3.2798, 3.2789, 3.2797, 3.2795, 3.2794];

    [Fact]
    public void The_paired_test_agrees_with_r_on_students_sleep_data()
    {
        var test = TTest.Paired(Drug1, Drug2);
        Assert.Equal(-1.58, test.Difference, 1e-12);
        Assert.Equal(-4.0621, test.T!.Value, 1e-4);
        Assert.Equal(9, test.DegreesOfFreedom);
        Assert.Equal(0.002833, test.P!.Value, 1e-6);
        Assert.Equal(-2.4598858, test.Interval!.Low, 1e-6);
        Assert.Equal(-0.7001142, test.Interval.High, 1e-6);
    }

    [Fact]
    public void Welchs_test_agrees_with_r_on_students_sleep_data()
    {
        var test = TTest.Welch(Drug1, Drug2);
        Assert.Equal(-1.8608, test.T!.Value, 1e-4);
        Assert.Equal(17.776, test.DegreesOfFreedom!.Value, 1e-3);
        Assert.Equal(0.07939, test.P!.Value, 1e-5);
        Assert.Equal(-3.3654832, test.Interval!.Low, 1e-6);
        Assert.Equal(0.2054832, test.Interval.High, 1e-6);
    }

    [Fact]
    public void The_speedruns_record_rule_gives_its_published_p_value()
    {
        var sample = Sample.Of(Record);
        Assert.Equal("0.0003", TTest.Below(Record, 3.28)!.Value.ToString("0.0000"));
        Assert.Equal("0.0010", sample.Sd!.Value.ToString("0.0000"));
        Assert.Equal("3.2787", sample.Mean.ToString("0.0000"));
    }

    [Fact]
    public void Losses_above_the_target_do_not_pass_the_record_rule() =>
        Assert.True(TTest.Below([.. Record.Select(loss => loss + 0.01)], 3.28) > 0.99);

    [Fact]
    public void One_value_has_no_spread_and_no_interval()
    {
        var sample = Sample.Of([1.5]);
        Assert.Equal(new Sample(1, 1.5, null), sample);
        Assert.Null(sample.Interval());
        Assert.Null(TTest.Below([1.5], 2));
        Assert.Equal(new TTest { Difference = 0.5 }, TTest.Paired([1.5], [1.0]));
        Assert.Equal(new TTest { Difference = 0.5 }, TTest.Welch([1.5], [1.0, 1.0]));
    }

    [Fact]
    public void Equal_values_have_a_spread_of_zero_though_their_sum_is_rounded()
    {
        var sample = Sample.Of([0.1, 0.1, 0.1]);
        Assert.Equal(0.0, sample.Sd);
        Assert.Equal(sample.Mean, sample.Interval()!.Low);
    }

    [Fact]
    public void Equal_pairs_are_no_difference()
    {
        var test = TTest.Paired([1.1, 1.2, 1.3], [1.1, 1.2, 1.3]);
        Assert.Equal((0.0, 1.0), (test.Difference, test.P));
    }

    [Fact]
    public void A_difference_that_never_varies_is_not_given_a_p_value()
    {
        // 1.9 - 1.8, 2.0 - 1.9 and 2.1 - 2.0 differ in the last bits.
        var test = TTest.Paired([1.9, 2.0, 2.1], [1.8, 1.9, 2.0]);
        Assert.Equal(0.1, test.Difference, 1e-12);
        Assert.Null(test.P);
        Assert.Null(TTest.Welch([2, 2], [1, 1]).P);
        Assert.Equal(1, TTest.Welch([2, 2], [2, 2]).P);
        Assert.Null(TTest.Below([1, 1], 2));
    }

    [Fact]
    public void Pairs_need_equal_counts_and_at_least_one()
    {
        Assert.Throws<ArgumentException>(() => TTest.Paired([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => TTest.Paired([], []));
        Assert.Throws<ArgumentException>(() => Sample.Of([]));
    }

    [Fact]
    public void Without_a_difference_one_test_in_a_hundred_is_below_a_hundredth()
    {
        var random = new SplitMix64(5);
        const int Tests = 4000;
        var hits = Enumerable.Range(0, Tests).Count(_ =>
            TTest.Paired([.. Enumerable.Range(0, 4).Select(_ => Noise.Next(random))], [.. Enumerable.Range(0, 4).Select(_ => Noise.Next(random))]).P < 0.01);
        // Four standard deviations of a binomial count around 40.
        Assert.InRange(hits, 40 - 25, 40 + 25);
    }

    [Fact]
    public void Holms_correction_agrees_with_r() =>
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Holm.Adjust([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));

    [Fact]
    public void Holms_correction_keeps_the_order_and_lies_between_no_correction_and_bonferronis()
    {
        var values = Gen.Choose(0, 1000).Select(thousandths => thousandths / 1000.0).ListOf().Select(list => list.ToArray()).ToArbitrary();
        Properties.Hold(values, p =>
        {
            var adjusted = Holm.Adjust(p);
            return Enumerable.Range(0, p.Length).All(i => adjusted[i] >= p[i] && adjusted[i] <= Math.Min(1, p.Length * p[i]) + 1e-12
                && Enumerable.Range(0, p.Length).All(j => p[i] > p[j] || adjusted[i] <= adjusted[j]));
        });
    }
}
