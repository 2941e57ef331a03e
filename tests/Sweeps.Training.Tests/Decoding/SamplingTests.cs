using Sweeps.Core.Search;
using Sweeps.Training.Decoding;

namespace Sweeps.Training.Tests.Decoding;

public sealed class SamplingTests
{
    private static readonly float[] Logits = [1, 3, 2, 0, 3];

    [Fact]
    public void Temperature_divides_the_logits()
    {
        var weights = Logits.Select(z => Math.Exp(z / 0.5)).ToArray();
        var p = Distribution(new() { Temperature = 0.5 });
        for (var x = 0; x < p.Length; x++) Assert.Equal(weights[x] / weights.Sum(), p[x], 1e-12);
    }

    [Fact]
    public void Temperature_0_takes_the_first_of_the_most_likely() => Assert.Equal([0, 1, 0, 0, 0], Distribution(SamplingOptions.Greedy));

    [Fact]
    public void A_tiny_temperature_does_not_overflow() => Assert.Equal([0, 0.5, 0, 0, 0.5], Distribution(new() { Temperature = 1e-6 }));

    [Fact]
    public void Top_k_keeps_the_k_most_likely()
    {
        var p = Distribution(new() { TopK = 3 });
        var whole = Distribution(new());
        var kept = whole[1] + whole[2] + whole[4];
        Assert.Equal([0, whole[1] / kept, whole[2] / kept, 0, whole[4] / kept], p, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Top_k_keeps_those_as_likely_as_the_last_kept_one() => Assert.Equal([0, 0.5, 0, 0, 0.5], Distribution(new() { TopK = 1 }));

    [Fact]
    public void Top_p_keeps_the_least_set_of_the_most_likely_that_reaches_it()
    {
        var whole = Distribution(new());
        Assert.InRange(whole[1] + whole[4], 0.7, 0.8);
        Assert.Equal([0, 0.5, 0, 0, 0.5], Distribution(new() { TopP = 0.7 }), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(3, Distribution(new() { TopP = 0.8 }).Count(value => value > 0));
        Assert.Equal([0, 1, 0, 0, 0], Distribution(new() { TopP = 1e-9 }));
    }

    [Fact]
    public void Every_distribution_sums_to_one()
    {
        foreach (var options in new SamplingOptions[] { new(), new() { TopK = 2 }, new() { TopP = 0.9 }, new() { Temperature = 2, TopK = 4, TopP = 0.5 } })
            Assert.Equal(1, Distribution(options).Sum(), 1e-12);
    }

    [Fact]
    public void Drawing_inverts_the_cumulative_distribution()
    {
        double[] p = [0.25, 0, 0.5, 0.25];
        Assert.Equal([0, 0, 2, 2, 3, 3], new[] { 0, 0.2499, 0.25, 0.7499, 0.75, 0.9999 }.Select(u => Sampling.Draw(p, u)));
    }

    [Fact]
    public void Rounding_at_the_end_never_draws_an_impossible_token() => Assert.Equal(1, Sampling.Draw([0.3, 0.6999999999, 0], 0.99999999999));

    [Fact]
    public void Draws_are_as_frequent_as_likely()
    {
        var (p, random, counts) = (Distribution(new()), new SplitMix64(5), new int[Logits.Length]);
        const int Draws = 100_000;
        for (var i = 0; i < Draws; i++) counts[Sampling.Draw(p, random.NextUniform())]++;
        Assert.InRange(ChiSquare.PValue(counts, p), 1e-3, 1);
    }

    private static double[] Distribution(SamplingOptions options)
    {
        var p = new double[Logits.Length];
        Sampling.Distribution(Logits, options, p);
        return p;
    }
}
