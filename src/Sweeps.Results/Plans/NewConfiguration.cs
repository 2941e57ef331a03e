using Sweeps.Core;

namespace Sweeps.Results.Plans;

/// <summary>A configuration to be stored.</summary>
/// <param name="Label">What tells it from the others.</param>
/// <param name="Parameters">Names (dots for nesting) and values.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
public sealed record NewConfiguration(string Label, IReadOnlyDictionary<string, ParameterValue> Parameters, bool IsBaseline = false);
