using System.Globalization;

namespace Sweeps.Core.Schedules;

/// <summary>How the learning rate runs from its peak to its floor.</summary>
public enum LearningRateShape
{
    /// <summary>nanoGPT's (<c>get_lr</c> in its <c>train.py</c>): linear warm-up, then half a cosine down to the floor.</summary>
    Cosine,

    /// <summary>
    /// modded-nanogpt's PR 178: the given rate until a third of the steps, 1.52 times it until two thirds, then 1.73 times; from 0.45 on
    /// all of it goes linearly down to the floor. No warm-up.
    /// </summary>
    Pr178,

    /// <summary>
    /// minGPT's (Karpathy 2020, <c>trainer.py</c>), which counts in training tokens: linear warm-up from 0, then half a cosine down to 0 that
    /// is cut off at the floor.
    /// </summary>
    Mingpt,
}

/// <summary>The learning rate as a function of the step.</summary>
/// <param name="Peak">The given rate: the highest of <see cref="LearningRateShape.Cosine"/>, the first of <see cref="LearningRateShape.Pr178"/>.</param>
/// <param name="Minimum">Rate from <paramref name="DecaySteps"/> on.</param>
/// <param name="WarmupSteps">Steps of warm-up; step i of them has (i + 1) / (WarmupSteps + 1) of the peak, so that step 0 already learns.</param>
/// <param name="DecaySteps">Step at which the floor is reached, at least <paramref name="WarmupSteps"/>.</param>
/// <param name="Shape">The way between.</param>
public sealed record LearningRateSchedule(
    double Peak, double Minimum, long WarmupSteps, long DecaySteps, LearningRateShape Shape = LearningRateShape.Cosine)
{
    private const double CoolDownFrom = 0.45;

    /// <summary>Training tokens of the warm-up of <see cref="LearningRateShape.Mingpt"/>.</summary>
    public long WarmupTokens { get; init; }

    /// <summary>Training tokens at which the cosine of <see cref="LearningRateShape.Mingpt"/> ends, at least <see cref="WarmupTokens"/>.</summary>
    public long DecayTokens { get; init; }

    /// <summary>The same way from another peak, the floor in proportion.</summary>
    public LearningRateSchedule WithPeak(double peak) => this with { Peak = peak, Minimum = Peak > 0 ? peak * (Minimum / Peak) : 0 };

    /// <summary>The rate of one step.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <param name="tokens">Training tokens seen when the step is done, its own among them; only <see cref="LearningRateShape.Mingpt"/> asks for them.</param>
    public double At(long step, long tokens) => Shape switch
    {
        LearningRateShape.Pr178 => Pr178(step),
        LearningRateShape.Mingpt => Mingpt(tokens),
        _ => Cosine(step),
    };

    /// <summary>
    /// What the rate does, with the first step of each: two schedules with the same text from the same step on have, bit for bit, the same
    /// rates until one of them has another text. In order; those from <paramref name="steps"/> on are of no use.
    /// </summary>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="tokensAt">Training tokens seen when so many steps are done.</param>
    internal IEnumerable<(long FirstStep, string Meaning)> Pieces(long steps, Func<long, long> tokensAt) => Shape switch
    {
        LearningRateShape.Cosine => CosinePieces(),
        LearningRateShape.Pr178 => Pr178Pieces(),
        LearningRateShape.Mingpt => MingptPieces(steps, tokensAt),
        _ => throw new InvalidOperationException($"The pieces of {Shape} are not known."),
    };

    private double Cosine(long step)
    {
        if (step < WarmupSteps) return Peak * (step + 1) / (WarmupSteps + 1);
        if (step >= DecaySteps) return Minimum;
        var progress = (double)(step - WarmupSteps) / (DecaySteps - WarmupSteps);
        return Minimum + 0.5 * (1 + Math.Cos(Math.PI * progress)) * (Peak - Minimum);
    }

    private IEnumerable<(long, string)> CosinePieces()
    {
        yield return (0, string.Create(CultureInfo.InvariantCulture, $"up to {Peak:R} in {WarmupSteps} steps"));
        yield return (WarmupSteps, Peak.Equals(Minimum) ? Constant(Minimum) : string.Create(CultureInfo.InvariantCulture, $"cosine from {Peak:R} at step {WarmupSteps} to {Minimum:R} at {DecaySteps}"));
        yield return (DecaySteps, Constant(Minimum));
    }

    private double Pr178(long step)
    {
        var progress = step < DecaySteps ? (double)step / DecaySteps : 1;
        var rate = Peak * (3 * step < DecaySteps ? 1 : 3 * step < 2 * DecaySteps ? 1.52 : 1.73);
        if (progress < CoolDownFrom) return rate;
        var left = (1 - progress) / (1 - CoolDownFrom);
        return rate * left + Minimum * (1 - left);
    }

    private IEnumerable<(long, string)> Pr178Pieces()
    {
        yield return (0, Constant(Peak));
        yield return ((DecaySteps + 2) / 3, Constant(Peak * 1.52));
        var coolDown = (long)(CoolDownFrom * DecaySteps);
        while ((double)coolDown / DecaySteps < CoolDownFrom) coolDown++;
        yield return (coolDown, string.Create(CultureInfo.InvariantCulture, $"pr178 from {Peak:R} to {Minimum:R} at step {DecaySteps}"));
        yield return (DecaySteps, Constant(Minimum));
    }

    private double Mingpt(long tokens)
    {
        if (tokens < WarmupTokens) return Peak * tokens / WarmupTokens;
        // Behind its end the cosine would rise again.
        var progress = tokens < DecayTokens ? (double)(tokens - WarmupTokens) / (DecayTokens - WarmupTokens) : 1;
        return Math.Max(Minimum, Peak * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }

    private IEnumerable<(long, string)> MingptPieces(long steps, Func<long, long> tokensAt)
    {
        yield return (0, string.Create(CultureInfo.InvariantCulture, $"up to {Peak:R} in {WarmupTokens} tokens"));
        yield return (First(tokens => tokens >= WarmupTokens), string.Create(CultureInfo.InvariantCulture, $"mingpt from {Peak:R} at token {WarmupTokens} to 0 at {DecayTokens}"));
        yield return (First(tokens => tokens >= WarmupTokens && Mingpt(tokens) <= Minimum), Constant(Minimum));

        // The first step that ends with such a number of tokens; all later ones do too.
        long First(Func<long, bool> holds)
        {
            var (low, high) = (0L, steps);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (holds(tokensAt(middle + 1))) high = middle;
                else low = middle + 1;
            }
            return low;
        }
    }

    private static string Constant(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:R}");
}
