using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;

namespace Sweeps.Head.Api;

/// <summary>The configurations of sweeps beside each other, with the numbers of <c>sweeps compare</c>.</summary>
/// <param name="Metric">What is compared.</param>
/// <param name="Target">The value whose cost is compared: that of the first sweep that has one, or null.</param>
/// <param name="Comparisons">Tests against the reference that p-values are corrected for.</param>
/// <param name="Rows">The configurations of all the sweeps; the first, the baseline of the first sweep, is the reference.</param>
public sealed record ComparisonView(string Metric, double? Target, int Comparisons, IReadOnlyList<ComparedConfiguration> Rows)
{
    /// <summary>What is shown of a comparison of these sweeps.</summary>
    internal static ComparisonView Of(IReadOnlyList<SweepAnswer> answers)
    {
        var found = SweepComparison.Of(answers, target: null);
        return new(found.Metric, found.Target, found.Rows.Count(row => row.Difference?.P is not null),
            [.. SweepComparison.PlacesOf(answers).Zip(found.Rows, (place, row) => new ComparedConfiguration(place.SweepId, place.Ordinal, row))]);
    }
}

/// <summary>A configuration of a comparison.</summary>
/// <param name="SweepId">Its sweep.</param>
/// <param name="Ordinal">Its place in the sweep, from 0.</param>
/// <param name="Found">What the comparison found.</param>
public sealed record ComparedConfiguration(long SweepId, int Ordinal, ComparisonRow Found);
