using ScottPlot;

namespace Sweeps.Charts;

/// <summary>The same colour for the same configuration in every chart of a sweep.</summary>
internal static class ConfigurationColors
{
    /// <summary>The baseline has the ink, the others the theme's colours in their order; all of them the first when there are more than colours.</summary>
    /// <param name="baselines">For each configuration in the order of the sweep whether it is the baseline.</param>
    /// <param name="theme">The colours.</param>
    public static IReadOnlyList<Color> Of(IReadOnlyList<bool> baselines, ChartTheme theme)
    {
        var others = baselines.Count(isBaseline => !isBaseline);
        var taken = 0;
        return [.. baselines.Select(isBaseline => isBaseline ? theme.Ink : theme.Series[others <= theme.Series.Count ? taken++ : 0])];
    }
}
