using System.Globalization;

namespace Sweeps.Core.Statistics;

/// <summary>How probabilities are written that stand beside each other.</summary>
public static class ProbabilityText
{
    /// <summary>A p-value or the level that it has to be below, small ones with two digits that count, so that one sees which is less: <c>0.0123</c>, <c>2.7e-4</c>.</summary>
    public static string Small(double p) => p.ToString(p is > 0 and < 0.001 ? "0.0e+0" : "0.0000", CultureInfo.InvariantCulture);
}
