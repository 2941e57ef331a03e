using System.Collections.Immutable;
using System.Globalization;

namespace Sweeps.Core.Schedules;

/// <summary>Reads the notation of <see cref="LossWeightSchedule"/>, left to right.</summary>
internal sealed class LossWeightNotation : ScheduleNotation
{
    private LossWeightNotation(string text) : base(text)
    {
    }

    public static LossWeightSchedule Read(string text)
    {
        var notation = new LossWeightNotation(text);
        return new LossWeightSchedule(text, [.. notation.Phases(notation.Weights).Select(p => new LossWeightPhase(p.Phase, p.Share))]);
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
        var start = At;
        while (At < Text.Length && (char.IsAsciiDigit(Text[At]) || Text[At] == '.'
            || Text[At] is 'e' or 'E' && At > start
            || Text[At] is '+' or '-' && !IsArrow() && (At == start || Text[At - 1] is 'e' or 'E'))) At++;
        var word = Text[start..At];
        if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !double.IsFinite(weight))
        {
            At = start;
            throw Expected("a weight such as 0.5");
        }
        if (weight >= 0) return Math.Abs(weight);
        At = start;
        throw Wrong($"a weight cannot be negative, {word} is");
    }
}
