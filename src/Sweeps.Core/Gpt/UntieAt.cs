using System.Collections.Concurrent;
using System.Globalization;

namespace Sweeps.Core.Gpt;

/// <summary>
/// When the output head stops being the embedding: <c>never</c>, <c>0</c> (from the start), a share of the steps such as <c>0.5</c> or
/// <c>2/3</c> (rounded to the nearest step, halves up), or a step, which is a whole number from 1 on.
/// </summary>
public sealed record UntieAt
{
    private const int MostKnown = 1000;

    private static readonly ConcurrentDictionary<string, UntieAt?> Known = new();

    private readonly Fraction? share;
    private readonly long? step;

    private UntieAt(Fraction? share, long? step) => (this.share, this.step) = (share, step);

    /// <summary>What may be written, in words.</summary>
    public const string Allowed = "never, 0 (from the start), a share of the steps such as 0.5 or 2/3, or a step number";

    /// <summary>Always tied.</summary>
    public static UntieAt Never { get; } = new(null, null);

    /// <summary>Reads a parameter's value; null when it is none of the allowed ones.</summary>
    public static UntieAt? From(ParameterValue value)
    {
        if (value.AsString?.Trim() == "never") return Never;
        if (value.AsLong is { } whole) return whole is >= 0 and <= int.MaxValue ? new UntieAt(null, whole) : null;
        var text = value.AsString ?? value.AsDouble?.ToString("R", CultureInfo.InvariantCulture);
        if (text is null) return null;
        // Many configurations have one of a few.
        if (Known.TryGetValue(text, out var known)) return known;
        var read = FromShare(text);
        if (Known.Count < MostKnown) Known.TryAdd(text, read);
        return read;
    }

    private static UntieAt? FromShare(string text)
    {
        if (!Fraction.TryParse(text, out var share)) return null;
        if (share == Fraction.Zero) return new UntieAt(null, 0);
        if (share.CompareTo(Fraction.Zero) < 0) return null;
        if (share.CompareTo(Fraction.One) < 0) return new UntieAt(share, null);
        return share.Denominator.IsOne && share.Numerator <= int.MaxValue && !text.Contains('/')
            ? new UntieAt(null, (long)share.Numerator) : null;
    }

    /// <summary>The step of a run with that many steps, or null for never.</summary>
    public int? StepOf(int steps) => (int?)(share?.RoundedTimes(steps) ?? step);
}
