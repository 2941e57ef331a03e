using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// An expression over a configuration's parameters that says which configurations to leave out. A comparison with a parameter that the
/// configuration leaves out does not hold, whatever the comparison; nor does an order between what are not both numbers.
/// </summary>
public abstract class SkipRule
{
    /// <summary>Whether a configuration is to be left out.</summary>
    public abstract bool Holds(IReadOnlyDictionary<string, ParameterValue> point);
}

/// <summary>Holds where all of its parts do.</summary>
public sealed class AllRule(ImmutableArray<SkipRule> parts) : SkipRule
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyDictionary<string, ParameterValue> point)
    {
        foreach (var part in parts)
            if (!part.Holds(point)) return false;
        return true;
    }
}

/// <summary>Holds where one of its parts does.</summary>
public sealed class AnyRule(ImmutableArray<SkipRule> parts) : SkipRule
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyDictionary<string, ParameterValue> point)
    {
        foreach (var part in parts)
            if (part.Holds(point)) return true;
        return false;
    }
}

/// <summary>Holds where its part does not.</summary>
public sealed class NotRule(SkipRule part) : SkipRule
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyDictionary<string, ParameterValue> point) => !part.Holds(point);
}

/// <summary>How a skip rule compares.</summary>
public enum Comparison
{
    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,
}

/// <summary>One side of a comparison.</summary>
/// <param name="Parameter">Name of a parameter, or null for a value.</param>
/// <param name="Value">The value; null for a parameter.</param>
public sealed record SkipOperand(string? Parameter, ParameterValue? Value)
{
    /// <summary>The value in a configuration; null where that leaves the parameter out.</summary>
    public ParameterValue? In(IReadOnlyDictionary<string, ParameterValue> point) => Parameter is null ? Value : point.GetValueOrDefault(Parameter);
}

/// <summary>Two sides and how they compare.</summary>
public sealed class ComparisonRule(SkipOperand left, Comparison comparison, SkipOperand right) : SkipRule
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyDictionary<string, ParameterValue> point)
    {
        if (left.In(point) is not { } a || right.In(point) is not { } b) return false;
        return comparison switch
        {
            Comparison.Equal => a.Equals(b),
            Comparison.NotEqual => !a.Equals(b),
            Comparison.Less => a.AsDouble < b.AsDouble,
            Comparison.LessOrEqual => a.AsDouble <= b.AsDouble,
            Comparison.Greater => a.AsDouble > b.AsDouble,
            _ => a.AsDouble >= b.AsDouble,
        };
    }
}

/// <summary>Whether a side is among some values, <c>heads in [1, 2]</c>, or is not, <c>heads not in [1, 2]</c>.</summary>
public sealed class MembershipRule(SkipOperand operand, ImmutableArray<ParameterValue> values, bool isIn) : SkipRule
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyDictionary<string, ParameterValue> point) => operand.In(point) is { } value && values.Contains(value) == isIn;
}
