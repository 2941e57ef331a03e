using Sweeps.Core.Search;
using Sweeps.Training.Decoding;

namespace Sweeps.Training.Tests.Decoding;

public sealed class AcceptanceTests
{
    [Fact]
    public void An_accepted_or_redrawn_token_is_distributed_as_the_model_says()
    {
        var random = new SplitMix64(3);
        for (var trial = 0; trial < 200; trial++)
        {
            var V = 2 + random.Below(8);
            // Every third trial has impossible tokens on both sides.
            var (p, q) = (RandomDistribution(random, V, trial % 3 == 0), RandomDistribution(random, V, trial % 3 == 0));
            var residual = new double[V];
            Acceptance.Residual(p, q, residual);
            var accepted = Enumerable.Range(0, V).Select(x => q[x] * Acceptance.Probability(p[x], q[x], lenience: 1)).ToArray();
            for (var x = 0; x < V; x++) Assert.Equal(p[x], accepted[x] + (1 - accepted.Sum()) * residual[x], 1e-12);
        }
    }

    [Fact]
    public void Every_sequence_is_as_likely_as_the_model_says_over_all_random_numbers()
    {
        // All probabilities below are multiples of 1/N, so that the N midpoints stand for all numbers in [0, 1): p = (1/2, 1/4, 1/4),
        // q = (1/4, 1/2, 1/4), residual (1, 0, 0), acceptance of token 1 with probability 1/2. The second place has other distributions.
        const int N = 12;
        double[] p = [0.5, 0.25, 0.25, 0.25, 0.25, 0.5, 1 / 3.0, 2 / 3.0, 0], q = [0.25, 0.5, 0.25, 1 / 3.0, 1 / 3.0, 1 / 3.0];
        var (two, grid) = (new double[3, 3], Enumerable.Range(0, N).Select(i => (i + 0.5) / N).ToArray());
        foreach (var a in grid)
        {
            foreach (var b in grid)
            {
                int[] drafted = [Sampling.Draw(q.AsSpan(0, 3), a), Sampling.Draw(q.AsSpan(3, 3), b)];
                Enumerate(grid, [], 1.0 / (N * N), (uniform, weight) =>
                {
                    var (count, next) = Acceptance.Verify(drafted, p, q, 1, uniform);
                    int[] tokens = [.. drafted[..count], next];
                    // A rejected first token leaves the second place to the next round, which draws from the model.
                    for (var x = 0; x < 3; x++)
                    {
                        if (tokens.Length > 1 && tokens[1] != x) continue;
                        two[tokens[0], x] += tokens.Length > 1 ? weight : weight * p[3 + x];
                    }
                });
            }
        }
        for (var x = 0; x < 3; x++)
        {
            for (var y = 0; y < 3; y++) Assert.Equal(p[x] * p[3 + y], two[x, y], 1e-12);
        }
    }

    [Theory, InlineData(1), InlineData(5)]
    public void Tokens_of_a_round_follow_the_acceptance_rate(int gamma)
    {
        // The same distributions at every place: a = sum min(p, q) of the drafted tokens is accepted.
        double[] p = [0.4, 0.3, 0.2, 0.1], q = [0.1, 0.3, 0.4, 0.2];
        var a = p.Zip(q, Math.Min).Sum();
        var (ps, qs) = (Enumerable.Repeat(p, gamma + 1).SelectMany(x => x).ToArray(), Enumerable.Repeat(q, gamma).SelectMany(x => x).ToArray());
        var random = new SplitMix64(11);
        const int Rounds = 100_000;
        var tokens = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var drafted = Enumerable.Range(0, gamma).Select(_ => Sampling.Draw(q, random.NextUniform())).ToArray();
            tokens += 1 + Acceptance.Verify(drafted, ps, qs, 1, random.NextUniform).Accepted;
        }
        var expected = (1 - Math.Pow(a, gamma + 1)) / (1 - a);
        Assert.InRange(tokens / (double)Rounds / expected, 0.98, 1.02);
    }

    [Fact]
    public void A_draft_from_the_model_itself_is_always_accepted()
    {
        var random = new SplitMix64(4);
        double[] p = [0.1, 0.2, 0.7, 0.1, 0.2, 0.7];
        for (var i = 0; i < 1000; i++)
            Assert.Equal(1, Acceptance.Verify([Sampling.Draw(p.AsSpan(0, 3), random.NextUniform())], p, p.AsSpan(0, 3), 1, random.NextUniform).Accepted);
    }

    [Fact]
    public void A_lenience_below_one_accepts_more_and_one_above_less()
    {
        Assert.Equal((0.5, 1, 0.25), (Acceptance.Probability(0.2, 0.4, 1), Acceptance.Probability(0.2, 0.4, 0.5), Acceptance.Probability(0.2, 0.4, 2)));
        Assert.Equal((0, 1), (Acceptance.Probability(0, 0.4, 0.5), Acceptance.Probability(0.2, 0, 1)));
    }

    [Fact]
    public void Where_nothing_of_the_model_is_left_the_model_itself_is_drawn_from()
    {
        double[] p = [0.5, 0.5], residual = new double[2];
        Acceptance.Residual(p, p, residual);
        Assert.Equal(p, residual);
    }

    // Calls back with every outcome of a sequence of numbers from the grid, however long it turns out to be.
    private static void Enumerate(double[] grid, double[] begun, double weight, Action<Func<double>, double> outcome)
    {
        var needed = 0;
        try
        {
            outcome(() => needed < begun.Length ? begun[needed++] : throw new NeedsMore(), weight);
        }
        catch (NeedsMore)
        {
            foreach (var u in grid) Enumerate(grid, [.. begun, u], weight / grid.Length, outcome);
        }
    }

    private static double[] RandomDistribution(SplitMix64 random, int V, bool withZeros)
    {
        var p = Enumerable.Range(0, V).Select(x => withZeros && x > 0 && random.Below(3) == 0 ? 0 : random.NextUniform() + 1e-3).ToArray();
        var sum = p.Sum();
        return [.. p.Select(value => value / sum)];
    }

    private sealed class NeedsMore : Exception;
}
