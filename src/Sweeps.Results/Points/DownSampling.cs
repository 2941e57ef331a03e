using System.Runtime.InteropServices;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Points;

/// <summary>
/// A curve with fewer points that looks the same: the steps are divided into equal buckets, one for each pixel of a chart, and of each the
/// first, the smallest, the largest and the last point stay (M4: Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time
/// Series Data Aggregation", VLDB 2014), so that a spike of a single step is still seen.
/// </summary>
public static class DownSampling
{
    /// <summary>The most points that stay of a bucket.</summary>
    public const int OfEachBucket = 4;

    /// <summary>Thins a curve out; one with no more than 4 points for each bucket stays as it is.</summary>
    /// <param name="points">By step, each step once.</param>
    /// <param name="buckets">At least 2.</param>
    /// <returns>
    /// At most 4 × <paramref name="buckets"/> of the points, in their order, among them the first and the last. A gap within one bucket (values
    /// that are not a number) takes the place of the bucket's first point, or in the first bucket of its last.
    /// </returns>
    public static IReadOnlyList<CurvePoint> Of(IReadOnlyList<CurvePoint> points, int buckets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 2);
        if (points.Count <= (long)OfEachBucket * buckets) return points;
        var all = points is List<CurvePoint> list ? CollectionsMarshal.AsSpan(list) : points.ToArray();
        var kept = new List<CurvePoint>(OfEachBucket * buckets);
        var (start, first) = (0, all[0].Step);
        var width = ((double)all[^1].Step - first) / buckets;
        for (var bucket = 1; bucket <= buckets; bucket++)
        {
            var end = start;
            if (bucket == buckets) end = all.Length;
            else while (end < all.Length && (double)all[end].Step - first < width * bucket) end++;
            if (end > start) Keep(all, start, end, kept);
            start = end;
        }
        return kept;
    }

    private static void Keep(ReadOnlySpan<CurvePoint> points, int start, int end, List<CurvePoint> kept)
    {
        var (min, max, gap) = (-1, -1, -1);
        for (var i = start; i < end; i++)
        {
            var value = points[i].Value;
            if (double.IsNaN(value))
            {
                if (gap < 0) gap = i;
                continue;
            }
            if (min < 0 || value < points[min].Value) min = i;
            if (max < 0 || value > points[max].Value) max = i;
        }
        Span<int> chosen = [start, min, max, end - 1];
        if (gap >= 0 && !double.IsNaN(points[start].Value) && !double.IsNaN(points[end - 1].Value)) chosen[start == 0 ? 3 : 0] = gap;
        chosen.Sort();
        for (var i = 0; i < chosen.Length; i++)
            if (chosen[i] >= 0 && (i == 0 || chosen[i] != chosen[i - 1])) kept.Add(points[chosen[i]]);
    }
}
