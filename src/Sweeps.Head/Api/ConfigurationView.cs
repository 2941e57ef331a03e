using Sweeps.Core;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A configuration as the API shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Ordinal">Its place in the sweep, from 0.</param>
/// <param name="Label">What tells it from the others.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
/// <param name="Parameters">Parameter names (dots for nesting) and values.</param>
public sealed record ConfigurationView(long Id, int Ordinal, string Label, bool IsBaseline, IReadOnlyDictionary<string, ParameterValue> Parameters)
{
    /// <summary>What is shown of a configuration.</summary>
    public static ConfigurationView Of(ConfigurationRecord configuration) =>
        new(configuration.Id, configuration.Ordinal, configuration.Label, configuration.IsBaseline, configuration.Parameters);
}
