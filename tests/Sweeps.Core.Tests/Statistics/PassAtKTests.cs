using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

public sealed class PassAtKTests
{
    [Fact]
    public void It_is_the_share_of_the_sets_of_k_answers_that_hold_a_right_one()
    {
        for (var n = 1; n <= 8; n++)
        {
            for (var c = 0; c <= n; c++)
            {
                for (var k = 1; k <= n; k++)
                {
                    // The first c answers are right; a set is a number whose bits say who is in it.
                    var sets = Enumerable.Range(0, 1 << n).Where(set => System.Numerics.BitOperations.PopCount((uint)set) == k).ToArray();
                    var share = sets.Count(set => (set & ((1 << c) - 1)) != 0) / (double)sets.Length;
                    Assert.Equal(share, PassAtK.Estimate(n, c, k), 1e-12);
                }
            }
        }
    }

    [Fact]
    public void It_is_unbiased_where_one_minus_the_chance_of_k_failures_is_not()
    {
        // n answers, each right with probability 0.3: the expected estimate is the true pass@k.
        const int n = 10, k = 5;
        const double right = 0.3;
        var expected = 0.0;
        for (var c = 0; c <= n; c++) expected += Binomial(n, c) * Math.Pow(right, c) * Math.Pow(1 - right, n - c) * PassAtK.Estimate(n, c, k);
        Assert.Equal(1 - Math.Pow(1 - right, k), expected, 1e-12);
    }

    [Fact]
    public void Many_answers_do_not_overflow() => Assert.Equal(1 - (1 - 1e-3), PassAtK.Estimate(100_000, 100, 1), 1e-9);

    [Fact]
    public void The_mean_is_over_questions() => Assert.Equal(0.5, PassAtK.Mean(4, [4, 0], 2), 1e-12);

    [Theory, InlineData(3, 1, 4), InlineData(3, 4, 1), InlineData(3, -1, 1), InlineData(3, 1, 0)]
    public void Impossible_counts_are_refused(int n, int c, int k) => Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(n, c, k));

    private static double Binomial(int n, int k) => k == 0 ? 1 : Binomial(n, k - 1) * (n - k + 1) / k;
}
