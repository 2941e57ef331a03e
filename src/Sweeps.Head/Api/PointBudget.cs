namespace Sweeps.Head.Api;

/// <summary>
/// Chooses the points of a curve that are drawn when it has more than pixels: in each of equally long parts the smallest and the largest value,
/// so that spikes survive, and the first that is not finite, so that gaps do; and the ends.
/// </summary>
internal static class PointBudget
{
    private const int OfEachPart = 3;

    /// <summary>Places of the points to keep, ascending; all of them when they are few enough.</summary>
    /// <param name="values">The curve's values.</param>
    /// <param name="points">The most to keep, at least 5.</param>
    public static int[] Keep(IReadOnlyList<double> values, int points)
    {
        if (values.Count <= points) return [.. Enumerable.Range(0, values.Count)];
        var parts = (points - 2) / OfEachPart;
        var kept = new SortedSet<int> { 0, values.Count - 1 };
        for (var part = 0; part < parts; part++)
        {
            var (from, to) = ((int)((long)values.Count * part / parts), (int)((long)values.Count * (part + 1) / parts));
            var (low, high, gap) = (-1, -1, -1);
            for (var i = from; i < to; i++)
            {
                if (!double.IsFinite(values[i])) gap = gap < 0 ? i : gap;
                else
                {
                    if (low < 0 || values[i] < values[low]) low = i;
                    if (high < 0 || values[i] > values[high]) high = i;
                }
            }
            foreach (var place in (int[])[low, high, gap])
                if (place >= 0) kept.Add(place);
        }
        return [.. kept];
    }
}
