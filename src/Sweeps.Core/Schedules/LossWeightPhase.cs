using System.Collections.Immutable;
using System.Globalization;

namespace Sweeps.Core.Schedules;

/// <summary>The weight of one offset over a phase: from <paramref name="From"/> at its first step linearly to <paramref name="To"/> at its end.</summary>
public readonly record struct WeightRamp(double From, double To)
{
    /// <summary>The weight at <paramref name="progress"/> in [0, 1]; never outside of what was written, not by a rounding either.</summary>
    public double At(double progress) =>
        Math.Clamp(From + (To - From) * progress, Math.Min(From, To), Math.Max(From, To));

    /// <summary><c>0.5</c> or <c>0.25->0</c>.</summary>
    public override string ToString() => From.Equals(To) ? Number(From) : $"{Number(From)}->{Number(To)}";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>One phase of a <see cref="LossWeightSchedule"/>.</summary>
/// <param name="Weights">Weight of each offset; the first is the next token's.</param>
/// <param name="Share">Share of the steps that the phase lasts, above 0; the shares of a schedule sum to 1.</param>
public sealed record LossWeightPhase(ImmutableArray<WeightRamp> Weights, Fraction Share)
{
    /// <inheritdoc/>
    public bool Equals(LossWeightPhase? other) => other is not null && Share == other.Share && Weights.SequenceEqual(other.Weights);

    /// <inheritdoc/>
    public override int GetHashCode() => Weights.Aggregate(Share.GetHashCode(), HashCode.Combine);

    /// <summary>The phase without its share: <c>[1, 0.5->0]</c>.</summary>
    public override string ToString() => "[" + string.Join(", ", Weights) + "]";
}
