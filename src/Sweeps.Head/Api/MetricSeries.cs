using System.Text.Json.Serialization;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Head.Api;

/// <summary>One metric along a run's path; entry i of the lists is its point i.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Total">Points that are stored; the lists have fewer where these are too many.</param>
/// <param name="Steps">Optimizer steps done.</param>
/// <param name="Tokens">Training tokens seen since step 0.</param>
/// <param name="Seconds">Training seconds since step 0.</param>
/// <param name="Values">Its values.</param>
public sealed record MetricSeries(string Name, int Total, IReadOnlyList<long> Steps, IReadOnlyList<long> Tokens, IReadOnlyList<double> Seconds,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyList<double> Values)
{
    /// <summary>A curve with at most so many points.</summary>
    internal static MetricSeries Of(string name, IReadOnlyList<CurvePoint> all, int points)
    {
        var kept = DownSampling.Of(all, points / DownSampling.OfEachBucket);
        return new(name, all.Count, [.. kept.Select(point => point.Step)], [.. kept.Select(point => point.Tokens)], [.. kept.Select(point => point.Seconds)],
            [.. kept.Select(point => point.Value)]);
    }
}
