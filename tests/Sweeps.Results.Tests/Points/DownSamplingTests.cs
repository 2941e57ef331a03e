using FsCheck;
using FsCheck.Fluent;
using Sweeps.Core.Tests;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Tests.Points;

public sealed class DownSamplingTests
{
    private static readonly Arbitrary<(CurvePoint[] Curve, int Buckets)> Any =
        (from curve in Curves.Any.Generator
         from buckets in Gen.Choose(2, 60)
         select (curve, buckets)).ToArbitrary();

    [Fact]
    public void Points_are_left_out_and_the_order_is_kept() => Properties.Hold(Any, input =>
    {
        var kept = DownSampling.Of(input.Curve, input.Buckets);
        return kept.Zip(kept.Skip(1)).All(pair => pair.First.Step < pair.Second.Step) && kept.All(input.Curve.Contains);
    });

    [Fact]
    public void No_more_than_four_points_a_bucket_are_left() =>
        Properties.Hold(Any, input => DownSampling.Of(input.Curve, input.Buckets).Count <= 4 * input.Buckets);

    [Fact]
    public void A_curve_that_is_short_enough_stays_whole() =>
        Properties.Hold(Any, input => input.Curve.Length > 4 * input.Buckets || DownSampling.Of(input.Curve, input.Buckets).SequenceEqual(input.Curve));

    [Fact]
    public void Ends_and_extremes_survive() => Properties.Hold(Any, input =>
    {
        var kept = DownSampling.Of(input.Curve, input.Buckets);
        if (input.Curve.Length == 0) return kept.Count == 0;
        var (whole, left) = (input.Curve.Where(IsNumber).ToArray(), kept.Where(IsNumber).ToArray());
        return kept[0].Equals(input.Curve[0]) && kept[^1].Equals(input.Curve[^1])
            && (whole.Length == 0 || (whole.Min(point => point.Value), whole.Max(point => point.Value)) == (left.Min(point => point.Value), left.Max(point => point.Value)));
    });

    [Fact]
    public void A_gap_stays_visible_in_every_part_of_the_curve() => Properties.Hold(Any, input =>
    {
        var kept = DownSampling.Of(input.Curve, input.Buckets).Where(point => double.IsNaN(point.Value)).Select(point => point.Step).ToArray();
        if (input.Curve.Length == 0) return true;
        // No gap is further than a bucket away from one that is drawn.
        var width = ((double)input.Curve[^1].Step - input.Curve[0].Step) / input.Buckets * 1.000001;
        return input.Curve.Where(point => double.IsNaN(point.Value)).All(gap => kept.Any(step => Math.Abs((double)step - gap.Step) <= width));
    });

    [Fact]
    public void A_spike_of_one_step_among_four_hundred_thousand_survives_where_it_was()
    {
        var curve = Enumerable.Range(0, 400_000).Select(step => new CurvePoint(step, step switch { 123_457 => 99, 234_568 => -99, 345_679 => double.NaN, _ => 2 + (1e-6 * step) }, step, step)).ToArray();
        var kept = DownSampling.Of(curve, 800);
        Assert.InRange(kept.Count, 1600, 3200);
        Assert.Contains(curve[123_457], kept);
        Assert.Contains(curve[234_568], kept);
        Assert.Contains(curve[345_679], kept);
    }

    [Fact]
    public void Less_than_two_buckets_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => DownSampling.Of([], 1));

    private static bool IsNumber(CurvePoint point) => !double.IsNaN(point.Value);
}
