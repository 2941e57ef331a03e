using Sweeps.Core;

namespace Sweeps.Results.Records;

/// <summary>One point of a sweep's search space.</summary>
public sealed class ConfigurationRecord
{
    /// <summary>Number in this database.</summary>
    public long Id { get; internal set; }

    /// <summary>The sweep.</summary>
    public long SweepId { get; init; }

    /// <summary>Place among the sweep's configurations, from 0.</summary>
    public int Ordinal { get; init; }

    /// <summary>What tells it from the others, for tables and legends.</summary>
    public required string Label { get; init; }

    /// <summary>True for the one that the others are compared with.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Parameters as a JSON object.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>Parameter names (dots for nesting) and values.</summary>
    public IReadOnlyDictionary<string, ParameterValue> Parameters => ParameterText.Read(ParametersJson);
}
