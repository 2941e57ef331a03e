using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// When a parameter is part of a configuration: where another one has one of some values. Elsewhere, and where that other one is itself
/// left out, it is left out, and the trainer uses its default.
/// </summary>
/// <param name="Parameter">Name of the other parameter.</param>
/// <param name="Values">Its values for which the condition holds; at least one.</param>
public sealed record Condition(string Parameter, ImmutableArray<ParameterValue> Values)
{
    /// <inheritdoc/>
    public bool Equals(Condition? other) => other is not null && Parameter == other.Parameter && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Aggregate(Parameter.GetHashCode(StringComparison.Ordinal), HashCode.Combine);
}
