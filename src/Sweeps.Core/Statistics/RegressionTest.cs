using Sweeps.Core.Gpt;

namespace Sweeps.Core.Statistics;

/// <summary>A configuration's values of tonight and of earlier nights of the same job.</summary>
/// <param name="Configuration">Its label.</param>
/// <param name="Tonight">Tonight's value of each seed that finished; one that is not finite has diverged.</param>
/// <param name="Nights">The same of each earlier night to compare with, in any order; nights in which nothing finished may be left out.</param>
public sealed record NightlyValues(string Configuration, IReadOnlyDictionary<int, double> Tonight, IReadOnlyList<IReadOnlyDictionary<int, double>> Nights);

/// <summary>What became of a configuration since the nights before.</summary>
public enum NightlyChange
{
    /// <summary>It is worse, corrected p below alpha; or it diverges, which it did in none of the nights before.</summary>
    Regressed,

    /// <summary>It is better, corrected p below alpha.</summary>
    Improved,

    /// <summary>Nothing beyond the noise of seeds and nights.</summary>
    Unchanged,

    /// <summary>Too few nights or seeds to know how large the noise is, or no value tonight.</summary>
    TooFew,
}

/// <summary>Tonight against the nights before, for one configuration.</summary>
public sealed record NightlyComparison
{
    /// <summary>Its label.</summary>
    public required string Configuration { get; init; }

    /// <summary>What became of it.</summary>
    public required NightlyChange Change { get; init; }

    /// <summary>Mean and spread of tonight's finite values; null without any.</summary>
    public Sample? Tonight { get; init; }

    /// <summary>Mean and spread over seeds of the nights before, each seed with its mean over the nights; null without any.</summary>
    public Sample? Before { get; init; }

    /// <summary>Earlier nights with a finite value.</summary>
    public required int Nights { get; init; }

    /// <summary>Tonight's mean minus the mean before.</summary>
    public double? Difference { get; init; }

    /// <summary>Its 95% interval, that of the test with the larger p-value.</summary>
    public Interval? Interval { get; init; }

    /// <summary>p-value of the difference against the noise of seeds (Welch); null with fewer than two seeds, or where they do not vary.</summary>
    public double? SeedP { get; init; }

    /// <summary>p-value of the difference against the noise of nights (one more night among them); null where the nights do not vary, as when training repeats itself to the last digit.</summary>
    public double? NightP { get; init; }

    /// <summary>The larger of the two: a change must stand out of both kinds of noise. Null where no noise is known.</summary>
    public double? P { get; init; }

    /// <summary>After Holm's correction for all configurations.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>All this as a sentence.</summary>
    public required string Words { get; init; }
}

/// <summary>Tonight's run of a job against the nights before.</summary>
/// <param name="Metric">What was compared.</param>
/// <param name="Configurations">In the given order.</param>
/// <param name="Verdict">Regressions first, then improvements, then how many are unchanged or cannot be judged; one sentence to a line.</param>
public sealed record RegressionReport(string Metric, IReadOnlyList<NightlyComparison> Configurations, string Verdict)
{
    /// <summary>Whether a configuration is worse than before.</summary>
    public bool HasRegressed => Configurations.Any(configuration => configuration.Change == NightlyChange.Regressed);
}

/// <summary>
/// Whether tonight differs from the nights before. Two kinds of noise are told apart. Seeds: Welch's test of tonight's seeds against those
/// before, each with its mean over the nights, because a seed that is trained again is no new evidence about seeds. Nights (a machine that is
/// slow tonight is slow for all seeds): tonight's mean against the nights' means as one more of them, Student's with the standard error
/// sd sqrt(1 + 1/N) of a prediction. A change must stand out of both, and Holm's correction is over configurations.
/// </summary>
public static class RegressionTest
{
    /// <summary>Fewer nights than this say too little about how nights differ.</summary>
    public const int LeastNights = 3;

    /// <summary>Compares each configuration of a job.</summary>
    /// <param name="configurations">Their values; the nights to compare with are the caller's choice, most often the last 14.</param>
    /// <param name="metric">What the values are, in words: <c>validation loss</c>, <c>training seconds</c>.</param>
    /// <param name="goal">Which values are good.</param>
    /// <param name="alpha">A corrected p-value below this is a change.</param>
    public static RegressionReport Of(
        IReadOnlyList<NightlyValues> configurations, string metric, MetricGoal goal = MetricGoal.Minimize, double alpha = SweepAnalysis.Alpha)
    {
        var found = configurations.Select(Compared).ToArray();
        var tested = Enumerable.Range(0, found.Length).Where(index => found[index].P is not null).ToArray();
        var adjusted = Holm.Adjust([.. tested.Select(index => found[index].P!.Value)]);
        foreach (var (index, p) in tested.Zip(adjusted))
            found[index] = found[index] with
            {
                AdjustedP = p,
                Change = found[index].Change == NightlyChange.Unchanged && p < alpha
                    ? found[index].Difference > 0 == (goal == MetricGoal.Minimize) ? NightlyChange.Regressed : NightlyChange.Improved
                    : found[index].Change,
            };
        NightlyComparison[] worded = [.. found.Select((comparison, index) => comparison with { Words = Worded(comparison, configurations[index], metric, tested.Length) })];
        return new RegressionReport(metric, worded, VerdictOf(worded, metric));
    }

    private static NightlyComparison Compared(NightlyValues values)
    {
        var tonight = Finite(values.Tonight);
        var nights = values.Nights.Select(Finite).Where(night => night.Count > 0).ToArray();
        var seeds = nights.SelectMany(night => night).GroupBy(value => value.Key, value => value.Value)
            .ToDictionary(seed => seed.Key, seed => seed.Average());
        var comparison = new NightlyComparison
        {
            Configuration = values.Configuration,
            Change = NightlyChange.TooFew,
            Nights = nights.Length,
            Tonight = tonight.Count == 0 ? null : Sample.Of(tonight.Values),
            Before = seeds.Count == 0 ? null : Sample.Of(seeds.Values),
            Words = "",
        };
        if (nights.Length >= LeastNights && values.Tonight.Count > tonight.Count && values.Nights.All(night => night.Values.All(double.IsFinite)))
            return comparison with { Change = NightlyChange.Regressed };
        if (nights.Length < LeastNights || tonight.Count == 0) return comparison;
        var scale = tonight.Values.Concat(seeds.Values).Max(Math.Abs);
        var difference = tonight.Values.Average() - seeds.Values.Average();
        if (Math.Abs(difference) <= Sample.Rounding * scale) return comparison with { Change = NightlyChange.Unchanged, Difference = 0, P = 1 };
        var bySeed = TTest.Welch([.. tonight.Values], [.. seeds.Values]);
        // What a night adds to its seeds' means, so that one that lacks a seed does not differ by that.
        double? Added(Dictionary<int, double> night) =>
            night.Where(value => seeds.ContainsKey(value.Key)).Select(value => (double?)(value.Value - seeds[value.Key])).Average();
        var byNight = Added(tonight) is { } added ? TTest.OneMore(added, [.. nights.Select(night => Added(night)!.Value)], scale) : null;
        var test = bySeed.P >= (byNight?.P ?? 0) || byNight?.P is null ? bySeed : byNight;
        return comparison with
        {
            Change = test.P is null ? NightlyChange.TooFew : NightlyChange.Unchanged,
            Difference = difference,
            Interval = test.Interval,
            SeedP = bySeed.P,
            NightP = byNight?.P,
            P = test.P,
        };
    }

    private static Dictionary<int, double> Finite(IReadOnlyDictionary<int, double> values) => values.Where(value => double.IsFinite(value.Value)).ToDictionary();

    private static string Worded(NightlyComparison found, NightlyValues values, string metric, int comparisons)
    {
        var nights = Verdict.Count(found.Nights, "night");
        if (found.Change == NightlyChange.Regressed && found.P is null)
        {
            var diverged = values.Tonight.Count(value => !double.IsFinite(value.Value));
            return $"{found.Configuration} regressed: its {metric} is not a number in {diverged} of {Verdict.Count(values.Tonight.Count, "run")} tonight, and was one in all of the {nights} before.";
        }
        if (found.Tonight is not { } tonight) return $"{found.Configuration} has no {metric} tonight.";
        var value = $"{found.Configuration}: {metric} {MetricText.Of(tonight.Mean)} tonight";
        if (found.Nights < LeastNights)
            return $"{value}; {(found.Nights == 0 ? "no night" : $"only {nights}")} to compare with, and at least {LeastNights} are needed to see how much nights differ.";
        var difference = found.Difference!.Value;
        if (difference == 0) return $"{value}, the same as over the {nights} before.";
        var size = $"{MetricText.Of(Math.Abs(difference))} {(difference > 0 ? "higher" : "lower")} than over the {nights} before";
        if (found.P is not { } p) return $"{value}, {size}, which one seed that had repeated itself to the last digit cannot tell from noise; more seeds can.";
        var against = p == found.NightP ? "against how much nights differ" : $"Welch's test over {Verdict.Count(tonight.Count, "seed")}";
        var corrected = comparisons > 1 ? $", {ProbabilityText.Of(found.AdjustedP!.Value)} after Holm's correction for {comparisons} configurations" : "";
        var interval = found.Interval is { } bounds ? $"95% interval {MetricText.Signed(bounds.Low)} to {MetricText.Signed(bounds.High)}; " : "";
        var outcome = found.Change switch { NightlyChange.Regressed => "regressed", NightlyChange.Improved => "improved", _ => "no change beyond noise" };
        return $"{value}, {size} ({interval}{against}, {ProbabilityText.Of(p)}{corrected}): {outcome}.";
    }

    private static string VerdictOf(NightlyComparison[] all, string metric)
    {
        if (all.Length == 0) return "There is nothing to compare.";
        var changed = all.Where(one => one.Change is NightlyChange.Regressed or NightlyChange.Improved).OrderBy(one => one.Change).Select(one => one.Words);
        var (unchanged, unknown) = (all.Count(one => one.Change == NightlyChange.Unchanged), all.Where(one => one.Change == NightlyChange.TooFew).ToArray());
        string[] rest =
        [
            .. unchanged == 0 ? [] : new[] { $"{Capital(metric)}: no change beyond noise in {(unchanged == all.Length ? "" : $"{unchanged} of ")}{Verdict.Count(all.Length, "configuration")}." },
            .. unknown.Take(1).Select(one => unknown.Length == 1 ? one.Words : $"{unknown.Length} configurations cannot be judged. {one.Words}"),
        ];
        return string.Join('\n', changed.Concat(rest));
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
