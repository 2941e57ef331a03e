using System.Globalization;

namespace Sweeps.Core.Statistics;

/// <summary>How probabilities are written.</summary>
public static class ProbabilityText
{
    /// <summary>A p-value in a sentence: <c>p = 0.0123</c>, <c>p &lt; 0.0001</c>.</summary>
    public static string Of(double p) => p < 0.0001 ? "p < 0.0001" : $"p = {p.ToString("0.0000", CultureInfo.InvariantCulture)}";

    /// <summary>A p-value or the level that it has to be below, small ones with two digits that count, so that one sees which is less: <c>0.0123</c>, <c>2.7e-4</c>.</summary>
    public static string Small(double p) => p.ToString(p is > 0 and < 0.001 ? "0.0e+0" : "0.0000", CultureInfo.InvariantCulture);
}
