using Sweeps.Core.Search;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

public sealed class PowerTests
{
    // Cohen's tables as G*Power prints them (two-sided).
    [Theory]
    [InlineData(0.5, 0.05, 0.8, 34)]
    [InlineData(0.8, 0.05, 0.8, 15)]
    [InlineData(0.2, 0.05, 0.8, 199)]
    [InlineData(0.5, 0.05, 0.95, 54)]
    public void Pairs_agree_with_published_sample_sizes(double effect, double alpha, double power, int expected)
    {
        Assert.Equal(expected, Power.Pairs(effect, alpha, power));
        Assert.Equal(expected, Power.Pairs(-effect, alpha, power));
    }

    [Theory]
    [InlineData(0.5, 0.05, 0.8, 64)]
    [InlineData(0.8, 0.05, 0.8, 26)]
    [InlineData(0.2, 0.05, 0.8, 394)]
    public void Groups_agree_with_published_sample_sizes(double effect, double alpha, double power, int expected) =>
        Assert.Equal(expected, Power.GroupSize(effect, alpha, power));

    [Fact]
    public void Without_an_effect_no_number_suffices()
    {
        Assert.Null(Power.Pairs(0));
        Assert.Null(Power.GroupSize(0.001));
    }

    [Fact]
    public void A_large_effect_needs_few_pairs() => Assert.InRange(Power.Pairs(20)!.Value, 2, 4);

    [Fact]
    public void Simulated_experiments_of_the_computed_size_succeed_as_often_as_asked()
    {
        const double Effect = 1.2;
        const int Experiments = 2000;
        var pairs = Power.Pairs(Effect, alpha: 0.01, power: 0.9)!.Value;
        double Found(int count)
        {
            var random = new SplitMix64(11);
            return Enumerable.Range(0, Experiments).Count(_ =>
                TTest.Paired([.. Enumerable.Range(0, count).Select(_ => Effect + Noise.Next(random))], new double[count]).P < 0.01) / (double)Experiments;
        }
        // Three standard errors of a proportion of 0.9 over 2000 experiments are 0.02; a pair fewer loses about 0.02.
        Assert.InRange(Found(pairs), 0.88, 0.95);
        Assert.True(Found(pairs - 3) < 0.88);
    }
}
