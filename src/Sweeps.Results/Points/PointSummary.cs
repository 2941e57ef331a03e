using Sweeps.Results.Queries;

namespace Sweeps.Results.Points;

/// <summary>What a row of <c>metric_summaries</c> says of the points of one metric of a stage.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Min">The smallest value; NaN when no value is a number.</param>
/// <param name="Max">The largest value; NaN likewise.</param>
/// <param name="Last">The value at the last step.</param>
/// <param name="LastStep">The last step.</param>
internal readonly record struct PointSummary(long Count, double Min, double Max, double Last, long LastStep)
{
    /// <summary>The summary of points, at least one, by step.</summary>
    public static PointSummary Of(List<CurvePoint> points)
    {
        var (min, max) = (double.NaN, double.NaN);
        foreach (var point in points)
        {
            if (double.IsNaN(min) || point.Value < min) min = point.Value;
            if (double.IsNaN(max) || point.Value > max) max = point.Value;
        }
        return new PointSummary(points.Count, min, max, points[^1].Value, points[^1].Step);
    }
}
