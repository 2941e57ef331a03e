using System.Globalization;
using Sweeps.Core.Gpt;

namespace Sweeps.Core.Statistics;

/// <summary>Writes a row of a comparison as sentences with their evidence.</summary>
internal static class ComparisonText
{
    public static IEnumerable<string> Of(ResultMetric metric, double? target, ComparisonRow row, ComparisonRow? reference, int comparisons, int runs)
    {
        if (row.N == 0)
        {
            yield return $"{row.Name} has no finished run with a finite {metric.Noun}.";
            yield break;
        }
        if (target is { } goal && row is { BeyondTargetP: { } beyond, Mean: { } mean, Sd: { } sd })
        {
            var side = metric.Goal == MetricGoal.Minimize ? "below" : "above";
            yield return $"{row.Name}: the mean final {metric.Noun} {MetricText.Of(mean)} (sd {MetricText.Of(sd)}, {Count(row.N)}) is {(beyond < SweepAnalysis.Alpha ? "" : "not shown to be ")}{side} the target {MetricText.Of(goal)} "
                + $"by the record rule (one-sided t-test, {ProbabilityText.Of(beyond)}).";
        }
        if (target is { } wanted && runs - row.Reached > 0)
            yield return $"{row.Name}: {runs - row.Reached} of {Count(runs)} never reached {MetricText.Of(wanted)}; the costs of the target leave them out, which flatters it.";
        if (reference is null) yield break;
        if (row.Difference is { } test)
        {
            var size = test.Difference == 0 ? $"the same as that of {reference.Name}" : $"{MetricText.Of(Math.Abs(test.Difference))} {(test.Difference < 0 ? "lower" : "higher")} than that of {reference.Name}";
            var interval = test.Interval is { } bounds ? $"95% interval {MetricText.Signed(bounds.Low)} to {MetricText.Signed(bounds.High)}; " : "";
            var kind = row.Test == ComparisonTest.Paired ? "paired by seed" : $"Welch's test, {row.N} against {Count(reference.N)}";
            var corrected = comparisons > 1 && row.AdjustedP is { } adjusted ? $", {ProbabilityText.Of(adjusted)} after Holm's correction for {comparisons} comparisons" : "";
            yield return $"{row.Name}: the final {metric.Noun} is {size} ({interval}{kind}{(test.P is { } p ? $", {ProbabilityText.Of(p)}" : ", too few runs for a p-value")}{corrected}).";
        }
        foreach (var cost in row.ToTarget.Where(cost => cost.Ratio is not null))
            yield return $"{row.Name}: the target takes {Cheaper(cost, reference.ToTarget, row.Reached > 1 && reference.Reached > 1)} {Than(cost)} {reference.Name}.";
        foreach (var cost in row.ToEnd.Where(cost => cost.Ratio is not null))
            yield return $"{row.Name}: the whole run takes {Cheaper(cost, reference.ToEnd, row.N > 1 && reference.N > 1)} {Than(cost)} {reference.Name}.";
    }

    private static string Than(ComparedCost cost) => Math.Abs(cost.Ratio!.Value - 1) < 0.0005 ? "as" : "than";

    private static string Cheaper(ComparedCost cost, IReadOnlyList<ComparedCost> theirs, bool areSeveral)
    {
        var ratio = cost.Ratio!;
        var unit = cost.Unit == TrainingCost.Seconds ? "training seconds" : cost.Unit.ToString().ToLowerInvariant();
        var interval = ratio.Interval is { } bounds
            ? $", 95% interval {Times(bounds.Low)} to {Times(bounds.High)}{(bounds.Low > 1 || bounds.High < 1 ? "" : ", which includes 1")}"
            : areSeveral ? ", the same in every run" : ", one run and so no interval";
        var numbers = $"{Amount(cost.Mean)} against {Amount(theirs.Single(other => other.Unit == cost.Unit).Mean)}";
        var factor = ratio.Value >= 1 ? ratio.Value : 1 / ratio.Value;
        var size = Than(cost) == "as" ? $"as many {unit}" : $"{Times(factor)} times {(ratio.Value >= 1 ? "fewer" : "more")} {unit}";
        return $"{size} ({numbers}; ratio {Times(ratio.Value)}{interval})";
    }

    private static string Count(int runs) => runs == 1 ? "one run" : $"{runs} runs";

    private static string Amount(double value) => value.ToString(value < 1000 ? "#,0.#" : "N0", CultureInfo.InvariantCulture);

    private static string Times(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
