namespace Sweeps.Core.Schedules;

/// <summary>
/// Loss weights of the future tokens as a function of the step, in the notation of modded-nanogpt's PR 178:
/// <c>[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]</c>.
/// </summary>
public sealed class LossWeightSchedule
{
    private LossWeightSchedule(string text) => Text = text;

    /// <summary>The schedule as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads the notation.</summary>
    /// <exception cref="FormatException">The text is not a schedule; the message says where and what was expected.</exception>
    public static LossWeightSchedule Parse(string text) => new(text);

    /// <summary>The weights at a step (the first is the next token's) when the phases share <paramref name="steps"/> steps.</summary>
    public IReadOnlyList<double> WeightsAt(long step, long steps) => [1.0];
}
