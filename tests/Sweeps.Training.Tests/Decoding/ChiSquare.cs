using MathNet.Numerics.Distributions;

namespace Sweeps.Training.Tests.Decoding;

/// <summary>Pearson's test of counts against a distribution.</summary>
internal static class ChiSquare
{
    /// <summary>How likely counts at least as far from the expected ones are.</summary>
    public static double PValue(IReadOnlyList<int> counts, IReadOnlyList<double> p)
    {
        var n = counts.Sum();
        var statistic = counts.Zip(p, (count, share) => (count - n * share) * (count - n * share) / (n * share)).Sum();
        return 1 - ChiSquared.CDF(counts.Count - 1, statistic);
    }
}
