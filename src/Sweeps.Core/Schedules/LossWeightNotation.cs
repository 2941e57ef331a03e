using System.Collections.Immutable;
using System.Globalization;

namespace Sweeps.Core.Schedules;

/// <summary>Reads the notation of <see cref="LossWeightSchedule"/>, left to right.</summary>
internal sealed class LossWeightNotation
{
    private readonly string text;
    private int at;

    private LossWeightNotation(string text) => this.text = text;

    public static LossWeightSchedule Read(string text) => new LossWeightNotation(text).Schedule();

    private LossWeightSchedule Schedule()
    {
        var phases = new List<(ImmutableArray<WeightRamp> Weights, Fraction? Share)>();
        do phases.Add((Weights(), Share()));
        while (Arrow());
        if (Peek() is not '\0') throw Expected("'->' and another phase, or the end");
        return new LossWeightSchedule(text, WithShares(phases));
    }

    private ImmutableArray<WeightRamp> Weights()
    {
        if (!Take('[')) throw Expected("'[' to open a phase, as in [1, 0.5]");
        var weights = ImmutableArray.CreateBuilder<WeightRamp>();
        do
        {
            var from = Weight();
            weights.Add(new WeightRamp(from, Arrow() ? Weight() : from));
        }
        while (Take(','));
        if (!Take(']')) throw Expected("',' or ']'");
        if (weights.All(ramp => ramp is { From: 0, To: 0 })) throw Wrong("a phase needs a weight above 0, otherwise it trains nothing");
        return weights.ToImmutable();
    }

    private double Weight()
    {
        Peek();
        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'
            || text[at] is 'e' or 'E' && at > start
            || text[at] is '+' or '-' && !IsArrow() && (at == start || text[at - 1] is 'e' or 'E'))) at++;
        var word = text[start..at];
        if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !double.IsFinite(weight))
        {
            at = start;
            throw Expected("a weight such as 0.5");
        }
        if (weight >= 0) return Math.Abs(weight);
        at = start;
        throw Wrong($"a weight cannot be negative, {word} is");
    }

    private Fraction? Share()
    {
        if (!Take('@')) return null;
        Peek();
        var start = at;
        while (at < text.Length && !IsArrow() && text[at] != '→') at++;
        var word = text[start..at].Trim();
        if (Fraction.TryParse(word, out var share) && share.CompareTo(Fraction.Zero) > 0 && share.CompareTo(Fraction.One) <= 0) return share;
        at = start;
        throw Expected("the phase's share of the steps, above 0 and at most 1, such as 0.25 or 1/3");
    }

    private ImmutableArray<LossWeightPhase> WithShares(List<(ImmutableArray<WeightRamp> Weights, Fraction? Share)> phases)
    {
        var open = phases.Count(phase => phase.Share is null);
        var rest = phases.Aggregate(Fraction.One, (left, phase) => left - (phase.Share ?? Fraction.Zero));
        if (open == 0 && rest != Fraction.Zero)
            throw new FormatException($"\"{text}\": the shares after '@' sum to {Fraction.One - rest}, not to 1; change one or leave it out");
        if (open > 0 && rest.CompareTo(Fraction.Zero) <= 0)
            throw new FormatException($"\"{text}\": the shares after '@' sum to {Fraction.One - rest}, which leaves nothing for the phases without one");
        return [.. phases.Select(phase => new LossWeightPhase(phase.Weights, phase.Share ?? rest / open))];
    }

    private char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : '\0';
    }

    private bool Take(char wanted)
    {
        if (Peek() != wanted) return false;
        at++;
        return true;
    }

    private bool IsArrow() => at + 1 < text.Length && text[at] == '-' && text[at + 1] == '>';

    private bool Arrow()
    {
        if (Take('→')) return true;
        if (!IsArrow()) return false;
        at += 2;
        return true;
    }

    private FormatException Expected(string what)
    {
        var found = Peek() == '\0' ? "the end" : $"'{text[at]}'";
        return Wrong($"expected {what}, found {found}");
    }

    private FormatException Wrong(string what) => new($"\"{text}\", character {at + 1}: {what}");
}
