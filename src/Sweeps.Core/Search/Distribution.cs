using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// The values that a parameter may take, and how likely they are, with the meaning of Weights &amp; Biases sweep files. Every distribution is
/// drawn by inverting its cumulative distribution function at one uniform number.
/// </summary>
public abstract record Distribution
{
    /// <summary>Name in a sweep file.</summary>
    public abstract string Name { get; }

    /// <summary>How many values there are, or null for a continuum.</summary>
    public abstract long? Count { get; }

    /// <summary>The value below which <paramref name="uniform"/>, in [0, 1), of the distribution lies.</summary>
    public abstract ParameterValue Inverse(double uniform);

    /// <summary>The values in order; only where <see cref="Count"/> is not null.</summary>
    /// <exception cref="InvalidOperationException">The distribution is continuous.</exception>
    public abstract IEnumerable<ParameterValue> Values();

    /// <summary>Whether a value can be drawn.</summary>
    public abstract bool Contains(ParameterValue value);
}

/// <summary>Always the same value.</summary>
public sealed record ConstantDistribution(ParameterValue Value) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override long? Count => 1;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) => Value;

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values() => [Value];

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => Value.Equals(value);
}

/// <summary>One of some values, each as likely as the others.</summary>
public sealed record CategoricalDistribution(ImmutableArray<ParameterValue> Choices) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "categorical";

    /// <inheritdoc/>
    public override long? Count => Choices.Length;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) => Choices[(int)Math.Min(uniform * Choices.Length, Choices.Length - 1)];

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values() => Choices;

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => Choices.Contains(value);

    /// <inheritdoc/>
    public bool Equals(CategoricalDistribution? other) => other is not null && Choices.SequenceEqual(other.Choices);

    /// <inheritdoc/>
    public override int GetHashCode() => Choices.Aggregate(17, HashCode.Combine);
}

/// <summary>A whole number from <paramref name="Min"/> to <paramref name="Max"/>, both included.</summary>
public sealed record IntUniformDistribution(long Min, long Max) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "int_uniform";

    /// <inheritdoc/>
    public override long? Count => Max - Min + 1;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) =>
        ParameterValue.Of(Math.Min(Max, Min + (long)Math.Floor(uniform * (Max - Min + 1))));

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values()
    {
        for (var value = Min; value <= Max; value++) yield return ParameterValue.Of(value);
    }

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => value.AsLong is { } number && number >= Min && number <= Max;
}

/// <summary>A real number in [<paramref name="Min"/>, <paramref name="Max"/>), all as likely.</summary>
public sealed record UniformDistribution(double Min, double Max) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "uniform";

    /// <inheritdoc/>
    public override long? Count => null;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) => ParameterValue.Of(Math.Clamp(Min + (Max - Min) * uniform, Min, Max));

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values() => throw new InvalidOperationException("A uniform distribution has no list of values.");

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => value.AsDouble is { } number && number >= Min && number <= Max;
}

/// <summary>A positive real number whose logarithm is uniform between those of <paramref name="Min"/> and <paramref name="Max"/>.</summary>
public sealed record LogUniformValuesDistribution(double Min, double Max) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "log_uniform_values";

    /// <inheritdoc/>
    public override long? Count => null;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) =>
        ParameterValue.Of(Math.Clamp(Math.Exp(Math.Log(Min) + (Math.Log(Max) - Math.Log(Min)) * uniform), Min, Max));

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values() => throw new InvalidOperationException("A log-uniform distribution has no list of values.");

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => value.AsDouble is { } number && number >= Min && number <= Max;
}
