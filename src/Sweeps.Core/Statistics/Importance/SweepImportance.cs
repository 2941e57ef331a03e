using System.Globalization;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Statistics.Importance;

/// <summary>Which of a sweep's parameters matter for its metric.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Configurations">Configurations that have a score, the mean final value of their seeds.</param>
/// <param name="Parameters">The parameters that vary, the most important first; empty where too little is known.</param>
/// <param name="Words">The same in a sentence.</param>
public sealed record SweepImportance(string Metric, int Configurations, IReadOnlyList<ParameterImportance> Parameters, string Words)
{
    private const int MostNamed = 5;

    /// <summary>From what a sweep has found. A configuration that was stopped early has no final value and does not count.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="summary">Its summary.</param>
    public static SweepImportance Of(SweepSpec spec, SweepPlan plan, SweepSummary summary)
    {
        ScoredConfiguration[] scores = [.. summary.Configurations.Where(found => found is { Mean: not null, Stopped: 0 })
            .Select(found => new ScoredConfiguration(plan.Configurations[found.Index], found.Mean))];
        // One parameter explains all there is to explain.
        var found = spec.Space.Parameters.Count(parameter => parameter.Varies) < 2 ? [] : ParameterImportance.Of(spec.Space, scores);
        return new SweepImportance(summary.Metric, scores.Length, found, Said(found, spec.Space, scores.Length, summary.Metric));
    }

    private static string Said(IReadOnlyList<ParameterImportance> found, SearchSpace space, int scores, string metric)
    {
        if (found.Count > 0)
            return $"Of the differences in {metric} between {scores} configurations, {string.Join(", ", found.Take(MostNamed).Select(one => $"{one.Parameter} alone explains {Percent(one.Share)}"))}"
                + $"{(found.Count > MostNamed ? $", and {found.Count - MostNamed} more parameters less" : "")} (functional ANOVA); what is left they do together.";
        return space.Parameters.Count(parameter => parameter.Varies) < 2 ? "Fewer than two parameters vary; there is no importance to share out."
            : scores < 2 ? "Fewer than two configurations have a result yet." : $"All {scores} configurations have the same {metric}.";
    }

    private static string Percent(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + "%";
}
