using System.Collections.Immutable;

namespace Sweeps.Core.Search;

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

/// <summary>One of some values, each with a probability of its own; the probabilities sum to 1 up to rounding.</summary>
public sealed record WeightedCategoricalDistribution(ImmutableArray<ParameterValue> Choices, ImmutableArray<double> Probabilities) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "categorical_w_probabilities";

    /// <inheritdoc/>
    public override long? Count => null;

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform)
    {
        var (below, last) = (0.0, 0);
        for (var choice = 0; choice < Choices.Length; choice++)
        {
            if (Probabilities[choice] == 0) continue;
            below += Probabilities[choice];
            if (uniform < below) return Choices[choice];
            last = choice;
        }
        return Choices[last];
    }

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => Choices.IndexOf(value) is >= 0 and var choice && Probabilities[choice] > 0;

    /// <inheritdoc/>
    public bool Equals(WeightedCategoricalDistribution? other) =>
        other is not null && Choices.SequenceEqual(other.Choices) && Probabilities.SequenceEqual(other.Probabilities);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Choices.Aggregate(17, HashCode.Combine), Probabilities.Aggregate(17, HashCode.Combine));
}
