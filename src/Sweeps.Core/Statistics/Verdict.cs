using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Statistics;

/// <summary>Writes a summary's numbers as sentences that state their evidence: seeds, interval, p-value, correction, and what is missing.</summary>
internal static class Verdict
{
    private const int MostNamed = 5;

    public static string Of(SweepSummary summary, ResultMetric metric)
    {
        var baselines = summary.Configurations.Where(configuration => configuration.IsBaseline).ToArray();
        var others = summary.Configurations.Where(configuration => !configuration.IsBaseline).ToArray();
        string[] lines =
        [
            Headline(baselines, others, metric),
            .. Evidence(summary, baselines, metric),
            .. Compared(summary, others, Standing.Better, metric),
            .. Compared(summary, others, Standing.Worse, metric),
            .. Identical(summary, others),
            .. Compared(summary, others, Standing.Undecided, metric),
            .. Target(summary, baselines, others, metric),
        ];
        return string.Join('\n', lines);
    }

    private static string Headline(ConfigurationSummary[] baselines, ConfigurationSummary[] others, ResultMetric metric)
    {
        var baseline = baselines[0];
        var its = baselines.Length == 1 ? "the baseline" : "its baseline";
        if (others.Length == 0) return "The sweep has one configuration; there is nothing to compare it with.";
        if (baselines.All(one => one.N == 0))
            return baselines.Length > 1 ? $"No verdict: no baseline has a finished run with a finite {metric.Noun}."
                : baseline.StoppedAt is { } step ? $"No verdict: the baseline, {baseline.Label}, was stopped early at step {Whole(step)}; name another with 'baseline', which is never stopped."
                : $"No verdict: the baseline has no finished run with a finite {metric.Noun}.";
        var better = others.Where(other => other.Standing == Standing.Better).OrderBy(other => metric.Cost(other.Mean ?? double.NaN)).ToArray();
        if (better.Length > 0) return $"Better than {(baselines.Length > 1 && better.Length > 1 ? "their baselines" : its)}: {Names(better)}.";
        if (others.All(other => other.Standing == Standing.Stopped)) return $"No configuration is better than {its}: all others were stopped early.";
        var open = others.Count(other => other.Standing is Standing.Undecided or Standing.NoData);
        var worse = others.Count(other => other.Standing == Standing.Worse);
        if (open == 0) return $"No configuration is better than {its}{(worse == others.Length && worse > 1 ? $": all {worse} others are worse" : "")}.";
        return others.Any(other => other.Standing == Standing.Undecided)
            ? $"No configuration is shown to be better than {its}; {(worse > 0 ? $"{worse} {(worse == 1 ? "is" : "are")} worse, and there are " : "")}not enough seeds to decide {(open == others.Length ? "" : $"{open} of ")}{Count(others.Length, "comparison")}."
            : $"No verdict: the configurations to compare have no finished run with a finite {metric.Noun}.";
    }

    private static IEnumerable<string> Evidence(SweepSummary summary, ConfigurationSummary[] baselines, ResultMetric metric)
    {
        var all = summary.Configurations;
        var isComplete = all.All(configuration => configuration.N == configuration.Planned);
        yield return isComplete && !summary.IsPaired
            ? $"Evidence: the final {metric.Title} of {Count(all.Sum(configuration => configuration.N), "run")} of {Count(all.Count, "configuration")}. {summary.BaselineRemark}"
            : isComplete
            ? $"Evidence: the final {metric.Title} of {Seeds(summary)} of each of {Count(all.Count, "configuration")}. {summary.BaselineRemark}"
            : $"Evidence: the final {metric.Title} of the {all.Sum(configuration => configuration.N)} of {all.Sum(configuration => configuration.Planned)} runs "
                + $"that finished with one. {summary.BaselineRemark}";
        if (summary.Until is { } rule) yield return Looks(rule, all.Count - baselines.Length);
        var known = baselines.Where(one => one.Mean is not null).ToArray();
        string Known(ConfigurationSummary one) => MetricText.Of(one.Mean!.Value) + Bracketed(one.Interval, "one seed, no interval");
        if (baselines.Length > 1 && known.Length > 0) yield return $"The {metric.Noun} of the baselines: {Listed(known, one => $"{one.Label} {Known(one)}")}.";
        else if (known.Length > 0) yield return $"The baseline's {metric.Noun} is {Known(known[0])}.";
        var stopped = all.Where(configuration => configuration.Stopped > 0).ToArray();
        if (stopped.Length > 0)
            yield return $"Stopped early and not compared: {Listed(stopped, configuration => $"{configuration.Label} (at step {Whole(configuration.StoppedAt!.Value)})")}. "
                + $"{Best(all, metric)}Those that went on were chosen by these very runs, so only new seeds can confirm how good they are.";
        var open = all.Where(configuration => Missing(configuration) > 0).ToArray();
        if (open.Length > 0)
            yield return $"Not finished: {Listed(open, configuration => $"{configuration.Label} ({Missing(configuration)} of {Count(configuration.Planned, "run")})")}.";
        var diverged = all.Where(configuration => configuration.Diverged > 0).ToArray();
        if (diverged.Length > 0)
            yield return $"Diverged and left out of the means: {Listed(diverged, configuration => $"{configuration.Label} ({configuration.Diverged} of {Count(configuration.Planned, "run")})")}.";
    }

    private static string Seeds(SweepSummary summary)
    {
        var (least, most) = (summary.Configurations.Min(configuration => configuration.Planned), summary.Configurations.Max(configuration => configuration.Planned));
        return least == most ? Count(least, "seed") : $"{least} to {most} seeds";
    }

    /// <summary>What <see cref="SeedRule"/> does, with the rate that it keeps.</summary>
    internal static string Looks(SeedRule rule, int comparisons) =>
        $"Seeds are added until a configuration is told from the baseline: looked at after each of {rule.Least} to {rule.Most} seeds; "
        + $"the error rate over all looks{(comparisons > 1 ? $" and all {comparisons} comparisons" : "")} is {(rule.Alpha * 100).ToString("0.####", CultureInfo.InvariantCulture)}%. "
        + "Intervals are those of a fixed number of seeds.";

    private static IEnumerable<string> Compared(SweepSummary summary, ConfigurationSummary[] others, Standing standing, ResultMetric metric)
    {
        var concerned = others.Where(other => other.Standing == standing).OrderBy(other => metric.Cost(other.Mean ?? double.NaN)).ToArray();
        var comparisons = others.Count(other => other.P is not null);
        var hasOne = summary.HasOneBaseline;
        string Than(ConfigurationSummary other) => hasOne ? "" : $" than {summary.Configurations[other.Reference].Label}";
        foreach (var other in concerned.Take(MostNamed))
            yield return standing switch
            {
                Standing.Better => $"{other.Label} is better{Than(other)}: its {metric.Noun} is {Tested(other, comparisons)}.",
                Standing.Worse => $"{other.Label} is worse{Than(other)}: its {metric.Noun} is {Tested(other, comparisons)}.",
                _ => $"Not enough seeds to tell {other.Label} from {(hasOne ? "the baseline" : summary.Configurations[other.Reference].Label)}: its {metric.Noun} is {Tested(other, comparisons)}; {Needed(other)}.",
            };
        if (concerned.Length - MostNamed is > 0 and var more) yield return $"{more} more {(more == 1 ? "is" : "are")} {standing.ToString().ToLowerInvariant()}; see the table.";
    }

    private static IEnumerable<string> Identical(SweepSummary summary, ConfigurationSummary[] others)
    {
        var equal = others.Where(other => other.Standing == Standing.Identical).ToArray();
        if (equal.Length > 0) yield return $"Equal to {(summary.HasOneBaseline ? "the baseline" : "its baseline")} in every seed, to the last digit: {Names(equal)}.";
    }

    private static IEnumerable<string> Target(SweepSummary summary, ConfigurationSummary[] baselines, ConfigurationSummary[] others, ResultMetric metric)
    {
        if (summary.Target is not { } target || summary.Configurations.All(configuration => configuration.Reached + configuration.NotReached == 0)) yield break;
        var missed = summary.Configurations.Where(configuration => configuration.NotReached > 0).ToArray();
        yield return missed.Length == 0
            ? $"The target {MetricText.Of(target)} was reached by every finished run."
            : $"The target {MetricText.Of(target)} was never reached by {Listed(missed, configuration =>
                $"{configuration.Label} ({configuration.NotReached} of {Count(configuration.Reached!.Value + configuration.NotReached!.Value, "seed")})")}.";
        var measured = others.Where(other => other.Efficiency is not null).OrderByDescending(other => other.Efficiency!.Value).ToArray();
        if (measured.Length > 0)
            yield return $"Sample efficiency there (the baseline's {summary.Cost.ToString().ToLowerInvariant()} divided by its own, over {(summary.IsPaired ? "seeds in which both reached it" : "the runs that reached it")}): "
                + $"{Listed(measured, other => $"{other.Label} {Times(other.Efficiency!.Value)}{Bracketed(other.Efficiency)}")}.";
        foreach (var line in Counted(others)) yield return line;
        if (measured.Length == 0 && others.Any(other => other.Reached > 0) && baselines.All(baseline => baseline.Reached == 0))
            yield return $"{(baselines.Length == 1 ? "The" : "A")} baseline did not reach it in any seed, so how much cheaper the others are is not known.";
        var tested = summary.Configurations.Where(configuration => configuration is { BeyondTargetP: not null, Reached: > 0 }).ToLookup(configuration => configuration.BeyondTargetP < SweepAnalysis.Alpha);
        var side = metric.Goal == MetricGoal.Minimize ? "below" : "above";
        string Rule(bool isShown) => Listed([.. tested[isShown].OrderBy(configuration => configuration.BeyondTargetP)], configuration =>
            $"{configuration.Label} (mean {MetricText.Of(configuration.Mean!.Value)}, sd {MetricText.Of(configuration.Sd!.Value)}, {Count(configuration.N, "run")}, {ProbabilityText.Of(configuration.BeyondTargetP!.Value)})");
        if (tested[true].Any()) yield return $"The final mean is {side} the target by the record rule (one-sided t-test, p < 0.01): {Rule(true)}.";
        if (tested[false].Any()) yield return $"Not shown to be {side} it by that rule: {Rule(false)}.";
    }

    /// <summary>The same in what time and machines cost, which tokens do not tell where a step of one configuration takes longer.</summary>
    private static IEnumerable<string> Counted(ConfigurationSummary[] others)
    {
        foreach (var (unit, efficiency) in new (string, Func<ConfigurationSummary, Efficiency?>)[]
            { ("training seconds", other => other.TimeEfficiency), ("floating-point operations (PaLM's formula)", other => other.FlopEfficiency) })
        {
            var measured = others.Where(other => efficiency(other) is not null).OrderByDescending(other => efficiency(other)!.Value).ToArray();
            if (measured.Length > 0) yield return $"Counted in {unit}: {Listed(measured, other => $"{other.Label} {Times(efficiency(other)!.Value)}{Bracketed(efficiency(other)!)}")}.";
        }
    }

    private static string Tested(ConfigurationSummary other, int comparisons)
    {
        var difference = other.Difference!.Value;
        var size = difference == 0 ? "the same on average" : $"{MetricText.Of(Math.Abs(difference))} {(difference < 0 ? "lower" : "higher")}";
        if (other.P is not { } p)
            return other.DifferenceError == 0 ? $"{size}, by exactly that much in every seed, which no test can judge" : $"{size}, from too few seeds for an interval";
        var interval = other.DifferenceInterval is not { } bounds ? "" : $"95% interval {MetricText.Signed(bounds.Low)} to {MetricText.Signed(bounds.High)}; ";
        var test = other.Test == ComparisonTest.Paired ? $"paired over {Count(other.Pairs!.Value, "seed")}" : $"Welch's test, {Count(other.N, "seed")}";
        if (other.Level is > 0 and var level)
            return $"{size} ({interval}{test}, p = {ProbabilityText.Small(p)}, {(other.Standing == Standing.Undecided ? "not " : "")}below {ProbabilityText.Small(level)}, the level of this look)";
        var corrected = other.Level == 0 ? ", before the first look"
            : comparisons > 1 ? $", {ProbabilityText.Of(other.AdjustedP!.Value)} after Holm's correction for {comparisons} comparisons" : "";
        return $"{size} ({interval}{test}, {ProbabilityText.Of(p)}{corrected})";
    }

    private static string Needed(ConfigurationSummary other) => other switch
    {
        { MoreSeeds: { } more } => $"about {more} more needed for a difference of this size",
        { P: null, DifferenceError: 0 } => "seeds that change nothing are no evidence",
        { P: null } => "at least 2 more needed to see how much seeds differ",
        _ => $"more than {Power.Most} would be needed for a difference as small against its noise",
    };

    private static string Bracketed(Interval? interval, string otherwise) =>
        interval is null ? $" ({otherwise})" : $" (95% interval {MetricText.Of(interval.Low)} to {MetricText.Of(interval.High)})";

    private static string Bracketed(Efficiency efficiency) => efficiency.Interval is { } interval
        ? $" (95% interval {Times(interval.Low)} to {Times(interval.High)}, {(efficiency.Pairs > 0 ? Count(efficiency.Pairs, "seed") : "unpaired")})" : " (one seed, no interval)";

    private static string Names(ConfigurationSummary[] configurations) => Listed(configurations, configuration => configuration.Label);

    private static string Listed(ConfigurationSummary[] configurations, Func<ConfigurationSummary, string> text)
    {
        var more = configurations.Length > MostNamed ? $" and {configurations.Length - MostNamed} more" : "";
        return string.Join("; ", configurations.Take(MostNamed).Select(text)) + more;
    }

    internal static string Count(int count, string thing) => count == 1 ? $"one {thing}" : $"{count} {thing}s";

    private static string Best(IEnumerable<ConfigurationSummary> all, ResultMetric metric) =>
        all.Where(configuration => configuration is { Stopped: 0, Mean: not null }).MinBy(configuration => metric.Cost(configuration.Mean!.Value)) is { } best
            ? $"The best {metric.Noun} is that of {best.Label}, {MetricText.Of(best.Mean!.Value)}{Bracketed(best.Interval, "one seed, no interval")}. " : "";

    private static int Missing(ConfigurationSummary configuration) => configuration.Planned - configuration.N - configuration.Diverged - configuration.Stopped;

    private static string Whole(long step) => step.ToString("N0", CultureInfo.InvariantCulture);

    private static string Times(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
