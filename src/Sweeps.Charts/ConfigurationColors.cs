using ScottPlot;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>
/// The same colour for the same configuration in every chart of a sweep: the baseline has the ink, the others the theme's colours in their order.
/// When there are more than colours, the best have one each and the rest is grey.
/// </summary>
internal static class ConfigurationColors
{
    private const int BestOfMany = 8;

    /// <summary>For each configuration its place among the theme's colours; null for the baseline and for those without a colour of their own.</summary>
    /// <param name="configurations">In the order of the sweep: whether it is the baseline, and its final value as a cost, lower being better, or null.</param>
    /// <param name="theme">The colours.</param>
    public static IReadOnlyList<int?> Places(IReadOnlyList<(bool IsBaseline, double? Cost)> configurations, ChartTheme theme)
    {
        var others = configurations.Index().Where(one => !one.Item.IsBaseline).ToArray();
        var chosen = others.Length <= theme.Series.Count ? others
            : others.Where(one => one.Item.Cost is { } cost && double.IsFinite(cost)).OrderBy(one => one.Item.Cost).Take(BestOfMany);
        var places = chosen.Select(one => one.Index).Order().Index().ToDictionary(one => one.Item, one => one.Index);
        return [.. configurations.Select((_, index) => places.TryGetValue(index, out var place) ? place : (int?)null)];
    }

    /// <summary>The same for a sweep.</summary>
    public static IReadOnlyList<int?> Places(SweepSummary summary, ChartTheme theme) => Places(Costs(summary), theme);

    /// <summary>The colours of a sweep's configurations.</summary>
    public static IReadOnlyList<Color> Of(SweepSummary summary, ChartTheme theme) => Of(Costs(summary), theme);

    /// <summary>The colours of configurations that <see cref="Places(IReadOnlyList{ValueTuple{bool, double?}}, ChartTheme)"/> describes.</summary>
    public static IReadOnlyList<Color> Of(IReadOnlyList<(bool IsBaseline, double? Cost)> configurations, ChartTheme theme) =>
        [.. configurations.Zip(Places(configurations, theme), (one, place) => one.IsBaseline ? theme.Ink : place is { } known ? theme.Series[known] : theme.Other)];

    private static (bool, double?)[] Costs(SweepSummary summary)
    {
        // Of several baselines each has a colour of its own, so that one can tell them apart.
        var hasOne = summary.HasOneBaseline;
        return [.. summary.Configurations.Select(configuration => (hasOne && configuration.IsBaseline, summary.Goal == MetricGoal.Minimize ? configuration.Mean : -configuration.Mean))];
    }
}
