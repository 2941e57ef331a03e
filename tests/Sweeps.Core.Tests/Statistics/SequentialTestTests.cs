using Sweeps.Core.Search;
using Sweeps.Core.Statistics;

namespace Sweeps.Core.Tests.Statistics;

public sealed class SequentialTestTests
{
    [Theory]
    [InlineData(3, 12, 0.01)]
    [InlineData(2, 5, 0.05)]
    [InlineData(4, 4, 0.05)]
    public void Ten_thousand_sweeps_without_an_effect_are_called_real_no_more_often_than_alpha_says(int least, int most, double alpha)
    {
        const int Sweeps = 10_000;
        var test = new SequentialTest(least, most, alpha);
        var errors = 0;
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var random = new SplitMix64((ulong)sweep + 1);
            var differences = new List<double>();
            while (differences.Count < most)
            {
                differences.Add(Noise.Next(random));
                if (differences.Count < least || TTest.Paired(differences, new double[differences.Count]).P >= test.LevelAt(differences.Count)) continue;
                errors++;
                break;
            }
        }
        // Two standard deviations of the count itself are chance; the levels are exact.
        var deviation = Math.Sqrt(Sweeps * alpha * (1 - alpha));
        Assert.InRange(errors, Sweeps * alpha - 3 * deviation, Sweeps * alpha + 2 * deviation);
    }

    [Fact]
    public void Looking_each_time_with_the_level_of_one_look_makes_many_more_errors()
    {
        var errors = 0;
        for (var sweep = 0; sweep < 2000; sweep++)
        {
            var random = new SplitMix64((ulong)sweep + 1);
            var differences = Enumerable.Range(0, 12).Select(_ => Noise.Next(random)).ToArray();
            if (Enumerable.Range(3, 10).Any(n => TTest.Paired(differences[..n], new double[n]).P < 0.05)) errors++;
        }
        Assert.True(errors > 2000 * 0.1);
    }

    // The levels that make each look spend its part in 3,000,000 simulated sweeps (another program, another generator); the last digits are its noise.
    [Fact]
    public void The_levels_are_those_of_a_simulation()
    {
        var test = new SequentialTest(3, 8, 0.05);
        double[] simulated = [0.00050863, 0.0026745, 0.0071019, 0.0139998, 0.0229272, 0.0334293];
        for (var pairs = 3; pairs <= 8; pairs++) Assert.InRange(test.LevelAt(pairs), simulated[pairs - 3] * 0.97, simulated[pairs - 3] * 1.03);
    }

    [Fact]
    public void One_look_has_all_of_alpha() => Assert.Equal(0.01, new SequentialTest(8, 8, 0.01).LevelAt(8), 1e-9);

    [Fact]
    public void Two_looks_at_nearly_the_same_pairs_are_nearly_one() => Assert.InRange(new SequentialTest(200, 201, 0.05).LevelAt(200), 0.049, 0.05);

    [Fact]
    public void Early_looks_ask_for_much_more()
    {
        var test = new SequentialTest(3, 12, 0.01);
        Assert.Equal(0, test.LevelAt(2));
        var levels = Enumerable.Range(3, 10).Select(test.LevelAt).ToArray();
        Assert.Equal(levels.Order(), levels);
        Assert.InRange(levels[0], 1e-9, 1e-6);
        Assert.InRange(levels[^1], 0.005, 0.01);
        Assert.Equal(levels[^1], test.LevelAt(40));
    }

    [Theory]
    [InlineData(1, 3, 0.01)]
    [InlineData(3, 2, 0.01)]
    [InlineData(3, 4, 0)]
    [InlineData(3, 4, 1)]
    public void What_makes_no_sense_is_refused(int least, int most, double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequentialTest(least, most, alpha));
}
