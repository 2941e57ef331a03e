namespace Sweeps.Core.Statistics;

/// <summary>Holm's correction for several comparisons (Scandinavian Journal of Statistics 6, 1979).</summary>
public static class Holm
{
    /// <summary>
    /// Adjusted p-values in the given order: calling those below alpha real is wrong about any of them with probability at most alpha.
    /// </summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var highest = 0.0;
        foreach (var (index, rank) in Enumerable.Range(0, p.Count).OrderBy(index => p[index]).Select((index, rank) => (index, rank)))
        {
            highest = Math.Max(highest, Math.Min(1, (p.Count - rank) * p[index]));
            adjusted[index] = highest;
        }
        return adjusted;
    }
}
