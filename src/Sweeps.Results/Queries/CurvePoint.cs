using System.Text.Json.Serialization;

namespace Sweeps.Results.Queries;

/// <summary>One point of a run's curve.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Value">The metric; NaN where the training diverged, in JSON <c>"NaN"</c>.</param>
/// <param name="Tokens">Training tokens seen since step 0.</param>
/// <param name="Seconds">Training seconds since step 0.</param>
public readonly record struct CurvePoint(
    long Step, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value,
    long Tokens, double Seconds);
