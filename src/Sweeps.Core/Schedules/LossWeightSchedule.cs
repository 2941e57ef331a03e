using System.Collections.Immutable;

namespace Sweeps.Core.Schedules;

/// <summary>
/// Loss weights of the future tokens as a function of the step, in the notation of modded-nanogpt's PR 178:
/// <c>[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]</c>. Phases are separated by arrows, ramps are arrows inside the brackets;
/// <c>[1, 0.5] @ 1/4 -> [1]</c> gives a phase a share of the steps, the others divide the rest equally.
/// </summary>
public sealed class LossWeightSchedule : IEquatable<LossWeightSchedule>
{
    private readonly ImmutableArray<LossWeightPhase> phases;

    internal LossWeightSchedule(string text, ImmutableArray<LossWeightPhase> phases) => (Text, this.phases) = (text, phases);

    /// <summary>The schedule as it was written.</summary>
    public string Text { get; }

    /// <summary>The phases in order; at least one.</summary>
    public IReadOnlyList<LossWeightPhase> Phases => phases;

    /// <summary>Future tokens that some phase weighs.</summary>
    public int Offsets => phases.Max(phase => phase.Weights.Length);

    /// <summary>Reads the notation.</summary>
    /// <exception cref="FormatException">The text is not a schedule; the message says where and what was expected.</exception>
    public static LossWeightSchedule Parse(string text) => LossWeightNotation.Read(text);

    /// <summary>Weights that stay the same over all steps.</summary>
    public static LossWeightSchedule Constant(IEnumerable<double> weights)
    {
        var phase = new LossWeightPhase([.. weights.Select(weight => new WeightRamp(weight, weight))], Fraction.One);
        return new LossWeightSchedule(phase.ToString(), [phase]);
    }

    /// <summary>
    /// The weights at a step (the first is the next token's) when the phases share <paramref name="steps"/> steps. A phase that starts
    /// at share a and lasts share b covers the steps s with a &lt;= s / steps &lt; a + b, compared exactly; its ramps are at
    /// (s / steps - a) / b. From <paramref name="steps"/> on the last phase's end holds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or there are no steps.</exception>
    public IReadOnlyList<double> WeightsAt(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        var position = Fraction.Of(step, steps);
        var start = Fraction.Zero;
        foreach (var phase in phases)
        {
            var end = start + phase.Share;
            if (position.CompareTo(end) < 0)
            {
                var into = position - start;
                var progress = Fraction.Of(into.Numerator * phase.Share.Denominator, into.Denominator * phase.Share.Numerator).ToDouble();
                return [.. phase.Weights.Select(ramp => ramp.At(progress))];
            }
            start = end;
        }
        return [.. phases[^1].Weights.Select(ramp => ramp.To)];
    }

    /// <summary>The shortest usual way to write it; shares only where they are not equal.</summary>
    public override string ToString() => phases.All(phase => phase.Share == phases[0].Share)
        ? string.Join(" -> ", phases)
        : string.Join(" -> ", phases.Select(phase => $"{phase} @ {phase.Share}"));

    /// <summary>Schedules are equal when their phases are, however they were written.</summary>
    public bool Equals(LossWeightSchedule? other) => other is not null && phases.SequenceEqual(other.phases);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LossWeightSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => phases.Aggregate(17, HashCode.Combine);
}
