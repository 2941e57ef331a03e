using System.Collections.Immutable;

namespace Sweeps.Core.Schedules;

/// <summary>What the notations of schedules have in common: phases between arrows, each with or without its share of the steps behind an '@'.</summary>
internal abstract class ScheduleNotation(string text)
{
    /// <summary>Where the reading is.</summary>
    protected int At { get; set; }

    protected string Text => text;

    /// <summary>Reads the whole text; phases without a share divide equally what the others leave.</summary>
    protected ImmutableArray<(T Phase, Fraction Share)> Phases<T>(Func<T> read)
    {
        var phases = new List<(T Phase, Fraction? Share)>();
        do phases.Add((read(), Share()));
        while (Arrow());
        if (Peek() is not '\0') throw Expected("'->' and another phase, or the end");
        return WithShares(phases);
    }

    private Fraction? Share()
    {
        if (!Take('@')) return null;
        Peek();
        var start = At;
        while (At < text.Length && !IsArrow() && text[At] != '→') At++;
        var word = text[start..At].Trim();
        if (Fraction.TryParse(word, out var share) && share.CompareTo(Fraction.Zero) > 0 && share.CompareTo(Fraction.One) <= 0) return share;
        At = start;
        throw Expected("the phase's share of the steps, above 0 and at most 1, such as 0.25 or 1/3");
    }

    private ImmutableArray<(T, Fraction)> WithShares<T>(List<(T Phase, Fraction? Share)> phases)
    {
        var open = phases.Count(phase => phase.Share is null);
        var rest = phases.Aggregate(Fraction.One, (left, phase) => left - (phase.Share ?? Fraction.Zero));
        if (open == 0 && rest != Fraction.Zero)
            throw new FormatException($"\"{text}\": the shares after '@' sum to {Fraction.One - rest}, not to 1; change one or leave it out");
        if (open > 0 && rest.CompareTo(Fraction.Zero) <= 0)
            throw new FormatException($"\"{text}\": the shares after '@' sum to {Fraction.One - rest}, which leaves nothing for the phases without one");
        return [.. phases.Select(phase => (phase.Phase, phase.Share ?? rest / open))];
    }

    protected char Peek()
    {
        while (At < text.Length && char.IsWhiteSpace(text[At])) At++;
        return At < text.Length ? text[At] : '\0';
    }

    protected bool Take(char wanted)
    {
        if (Peek() != wanted) return false;
        At++;
        return true;
    }

    protected bool IsArrow() => At + 1 < text.Length && text[At] == '-' && text[At + 1] == '>';

    protected bool Arrow()
    {
        if (Take('→')) return true;
        if (!IsArrow()) return false;
        At += 2;
        return true;
    }

    protected FormatException Expected(string what)
    {
        var found = Peek() == '\0' ? "the end" : $"'{text[At]}'";
        return Wrong($"expected {what}, found {found}");
    }

    protected FormatException Wrong(string what) => new($"\"{text}\", character {At + 1}: {what}");
}
