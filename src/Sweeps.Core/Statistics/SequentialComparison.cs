using System.Collections.Concurrent;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Statistics;

/// <summary>A configuration against the baseline in a sweep that adds seeds <see cref="SweepSpec.Until"/> this is decided.</summary>
/// <param name="Pairs">Pairs at the look that decided, or else all of them.</param>
/// <param name="Test">The paired test of these; null without a pair.</param>
/// <param name="Level">What its p-value has to be below at this look; 0 before the first.</param>
/// <param name="IsDecided">Whether it was.</param>
public sealed record SequentialComparison(int Pairs, TTest? Test, double Level, bool IsDecided)
{
    // Its levels take a moment to compute, and the same few are asked for again and again.
    private static readonly ConcurrentDictionary<(int, int, double), SequentialTest> Known = [];

    /// <summary>Whether no more seeds are needed: it is decided, or all values equal the baseline's.</summary>
    public bool IsSettled => IsDecided || Level > 0 && Test is { Difference: 0, StandardError: 0 };

    /// <summary>The test of each comparison of a sweep: the error rate is divided over them (Bonferroni), so that it holds for all together.</summary>
    /// <param name="rule">When the sweep is looked at.</param>
    /// <param name="comparisons">Configurations without the baseline, at least 1.</param>
    public static SequentialTest TestOf(SeedRule rule, int comparisons) =>
        Known.GetOrAdd((rule.Least, rule.Most, rule.Alpha / comparisons), key => new SequentialTest(key.Item1, key.Item2, key.Item3));

    /// <summary>Looks at the pairs in the order of their seeds, as they came: the first look that decides counts.</summary>
    /// <param name="test">When to look and with which level.</param>
    /// <param name="values">Finite final values by seed.</param>
    /// <param name="baseline">Those of the baseline.</param>
    public static SequentialComparison Of(SequentialTest test, IReadOnlyDictionary<int, double> values, IReadOnlyDictionary<int, double> baseline)
    {
        var seeds = values.Keys.Where(baseline.ContainsKey).Order().ToArray();
        var (own, theirs) = (seeds.Select(seed => values[seed]).ToArray(), seeds.Select(seed => baseline[seed]).ToArray());
        for (var pairs = test.Least; pairs <= Math.Min(seeds.Length, test.Most); pairs++)
        {
            var look = TTest.Paired(own[..pairs], theirs[..pairs]);
            if (look.P < test.LevelAt(pairs)) return new SequentialComparison(pairs, look, test.LevelAt(pairs), IsDecided: true);
        }
        return new SequentialComparison(seeds.Length, seeds.Length == 0 ? null : TTest.Paired(own, theirs), test.LevelAt(seeds.Length), IsDecided: false);
    }
}
