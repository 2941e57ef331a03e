using System.Collections.Immutable;
using System.Globalization;

namespace Sweeps.Core.Schedules;

/// <summary>One phase of a <see cref="WholeSchedule"/>.</summary>
/// <param name="Value">The number while it lasts, at least 1.</param>
/// <param name="Share">Share of the steps that the phase lasts, above 0; the shares of a schedule sum to 1.</param>
public sealed record WholePhase(int Value, Fraction Share);

/// <summary>
/// A whole number as a function of the step, such as the batch size or the context: <c>4 -> 8 -> 12</c>. Phases take equal shares of the
/// steps; <c>4 @ 1/4 -> 8</c> gives one its share, the others divide the rest equally. The notation is that of
/// <see cref="LossWeightSchedule"/> without brackets and ramps.
/// </summary>
public sealed class WholeSchedule : IEquatable<WholeSchedule>
{
    private readonly ImmutableArray<WholePhase> phases;

    private WholeSchedule(string text, ImmutableArray<WholePhase> phases)
    {
        (Text, this.phases) = (text, phases);
        (Largest, Smallest) = (phases.Max(phase => phase.Value), phases.Min(phase => phase.Value));
    }

    /// <summary>The schedule as it was written.</summary>
    public string Text { get; }

    /// <summary>The phases in order; at least one.</summary>
    public IReadOnlyList<WholePhase> Phases => phases;

    /// <summary>Whether it is one number from the first step to the last.</summary>
    public bool IsConstant => phases.Length == 1;

    /// <summary>The largest number of any phase.</summary>
    public int Largest { get; }

    /// <summary>The smallest number of any phase.</summary>
    public int Smallest { get; }

    /// <summary>The same number at every step.</summary>
    public static WholeSchedule Constant(int value) => new(value.ToString(CultureInfo.InvariantCulture), [new WholePhase(value, Fraction.One)]);

    /// <summary>Reads the notation.</summary>
    /// <exception cref="FormatException">The text is not a schedule; the message says where and what was expected.</exception>
    public static WholeSchedule Parse(string text) => new(text, Notation.Read(text));

    /// <summary>
    /// The numbers with the first step of each when the phases share <paramref name="steps"/> steps: a phase that starts at share a begins
    /// at the first step s with s / steps &gt;= a, compared exactly. The last one holds from its first step on.
    /// </summary>
    public IReadOnlyList<(long FirstStep, int Value)> Pieces(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        var pieces = new (long, int)[phases.Length];
        var start = Fraction.Zero;
        for (var i = 0; i < pieces.Length; i++)
        {
            pieces[i] = (start.CeilingTimes(steps), phases[i].Value);
            start += phases[i].Share;
        }
        return pieces;
    }

    /// <summary>The number of a step when the phases share <paramref name="steps"/> steps.</summary>
    public int At(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return IsConstant ? phases[0].Value : Pieces(steps).Last(piece => piece.FirstStep <= step).Value;
    }

    /// <summary>The shortest usual way to write it; shares only where they are not equal.</summary>
    public override string ToString() => phases.All(phase => phase.Share == phases[0].Share)
        ? string.Join(" -> ", phases.Select(phase => phase.Value))
        : string.Join(" -> ", phases.Select(phase => $"{phase.Value} @ {phase.Share}"));

    /// <summary>Schedules are equal when their phases are, however they were written.</summary>
    public bool Equals(WholeSchedule? other) => other is not null && phases.SequenceEqual(other.phases);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WholeSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => phases.Aggregate(17, HashCode.Combine);

    private sealed class Notation(string text) : ScheduleNotation(text)
    {
        internal static ImmutableArray<WholePhase> Read(string text)
        {
            var notation = new Notation(text);
            return [.. notation.Phases(notation.Whole).Select(p => new WholePhase(p.Phase, p.Share))];
        }

        private int Whole()
        {
            Peek();
            var start = At;
            while (At < Text.Length && char.IsAsciiDigit(Text[At])) At++;
            if (int.TryParse(Text.AsSpan(start, At - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0) return value;
            At = start;
            throw Expected("a whole number from 1 on");
        }
    }
}
