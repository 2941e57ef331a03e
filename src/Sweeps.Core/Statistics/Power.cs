using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Sweeps.Core.Statistics;

/// <summary>How many repetitions a difference needs to be told from noise, by the power of the two-sided t-test (noncentral t).</summary>
public static class Power
{
    /// <summary>No more repetitions than this are counted.</summary>
    public const int Most = 1000;

    /// <summary>
    /// The least number of pairs with which a paired t-test finds a true difference of <paramref name="effect"/> standard deviations (of
    /// the differences) with probability <paramref name="power"/>; null when that takes more than <see cref="Most"/>.
    /// </summary>
    public static int? Pairs(double effect, double alpha = 0.01, double power = 0.9) =>
        Least(n => OfTest(Math.Abs(effect) * Math.Sqrt(n), n - 1, alpha), power);

    /// <summary>
    /// The least number in each of two groups with which the t-test finds a true difference of <paramref name="effect"/> standard
    /// deviations (the groups' root mean square) with probability <paramref name="power"/>; null when that takes more than <see cref="Most"/>.
    /// </summary>
    public static int? GroupSize(double effect, double alpha = 0.01, double power = 0.9) =>
        Least(n => OfTest(Math.Abs(effect) * Math.Sqrt(n / 2.0), 2 * n - 2, alpha), power);

    /// <summary>
    /// The probability that |T| exceeds its critical value when T is noncentral t: the normal probability given the estimated spread s,
    /// integrated over the distribution of s (a chi divided by the root of its degrees of freedom) by Simpson's rule.
    /// </summary>
    internal static double OfTest(double noncentrality, int freedom, double alpha)
    {
        var critical = StudentT.InvCDF(0, 1, freedom, 1 - alpha / 2);
        var logScale = Math.Log(2) + freedom / 2.0 * Math.Log(freedom / 2.0) - SpecialFunctions.GammaLn(freedom / 2.0);
        double Density(double s) => s == 0
            ? freedom == 1 ? Math.Exp(logScale) : 0
            : Math.Exp(logScale + (freedom - 1) * Math.Log(s) - freedom * s * s / 2);
        double Integrand(double s) => Density(s) * (Normal.CDF(0, 1, noncentrality - critical * s) + Normal.CDF(0, 1, -noncentrality - critical * s));
        var end = 1 + 8 / Math.Sqrt(freedom);
        var start = Math.Max(0, 1 - 8 / Math.Sqrt(freedom));
        // From 10 degrees of freedom on the integrand is smooth enough for 14 digits.
        var pieces = freedom < 10 ? 2000 : 200;
        var width = (end - start) / pieces;
        var sum = Integrand(start) + Integrand(end);
        for (var i = 1; i < pieces; i++) sum += (i % 2 == 1 ? 4 : 2) * Integrand(start + i * width);
        return sum * width / 3;
    }

    private static int? Least(Func<int, double> powerOf, double wanted)
    {
        if (powerOf(Most) < wanted) return null;
        var (low, high) = (2, Most);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (powerOf(middle) >= wanted) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
