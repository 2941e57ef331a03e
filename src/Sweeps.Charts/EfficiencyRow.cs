using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>Sample efficiency of one configuration, as the statistics gave it.</summary>
/// <param name="Label">What the configuration is called.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
/// <param name="Seeds">Finished runs of the configuration.</param>
/// <param name="Reached">Runs that reached the target.</param>
/// <param name="Ratio">Tokens that the baseline needs divided by the tokens that this configuration needs; null when either never got there.</param>
/// <param name="Low">Lower end of the 95% interval of the ratio, or null with a single pair of seeds.</param>
/// <param name="High">Upper end of the 95% interval of the ratio, or null with a single pair of seeds.</param>
public sealed record EfficiencyRow(
    string Label, bool IsBaseline, int Seeds, int Reached, double? Ratio = null, double? Low = null, double? High = null)
{
    /// <summary>The rows of a sweep, from its finished runs.</summary>
    public static IReadOnlyList<EfficiencyRow> Of(SweepSummary summary) =>
    [
        .. summary.Configurations.Select(configuration => new EfficiencyRow(
            configuration.Label,
            configuration.IsBaseline,
            (configuration.Reached ?? 0) + (configuration.NotReached ?? 0),
            configuration.Reached ?? 0,
            configuration.Efficiency?.Value,
            configuration.Efficiency?.Interval?.Low,
            configuration.Efficiency?.Interval?.High)),
    ];
}
