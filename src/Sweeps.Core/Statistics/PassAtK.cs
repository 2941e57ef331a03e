namespace Sweeps.Core.Statistics;

/// <summary>How often at least one of k answers is right.</summary>
public static class PassAtK
{
    /// <summary>
    /// The unbiased estimate from n answers of which c are right, 1 - C(n-c, k) / C(n, k): the share of the sets of k answers that hold a
    /// right one (Chen et al. 2021, section 2.1). Computed as a product, whose factors stay between 0 and 1 where the binomials overflow.
    /// </summary>
    /// <param name="n">Answers, at least k.</param>
    /// <param name="c">Right ones among them, from 0 to n.</param>
    /// <param name="k">Answers that one may give, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is outside of its range.</exception>
    public static double Estimate(int n, int c, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, k);
        ArgumentOutOfRangeException.ThrowIfNegative(c);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(c, n);
        if (n - c < k) return 1;
        var allWrong = 1.0;
        for (var i = n - c + 1; i <= n; i++) allWrong *= 1 - (double)k / i;
        return 1 - allWrong;
    }

    /// <summary>The mean estimate over questions with n answers each.</summary>
    /// <param name="n">Answers to each question.</param>
    /// <param name="right">How many of them are right, question by question; at least one question.</param>
    /// <param name="k">Answers that one may give.</param>
    public static double Mean(int n, IEnumerable<int> right, int k) => right.Average(c => Estimate(n, c, k));
}
