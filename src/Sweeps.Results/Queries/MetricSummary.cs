using System.Text.Json.Serialization;

namespace Sweeps.Results.Queries;

/// <summary>What is known of one metric along a run's path.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">Points.</param>
/// <param name="Min">Smallest value; null where all are not numbers.</param>
/// <param name="Max">Largest value; likewise.</param>
/// <param name="Last">Newest value.</param>
/// <param name="LastStep">Its step.</param>
public sealed record MetricSummary(string Name, long Count,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Min,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Max,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Last, long LastStep);
