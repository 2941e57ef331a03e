namespace Sweeps.Core.Schedules;

/// <summary>
/// nanoGPT's learning rate (<c>get_lr</c> in its <c>train.py</c>): linear warm-up, then half a cosine down to a floor.
/// </summary>
/// <param name="Peak">Highest rate, reached at step <paramref name="WarmupSteps"/>.</param>
/// <param name="Minimum">Rate from <paramref name="DecaySteps"/> on.</param>
/// <param name="WarmupSteps">Steps of warm-up; step i of them has (i + 1) / (WarmupSteps + 1) of the peak, so that step 0 already learns.</param>
/// <param name="DecaySteps">Step at which the floor is reached, at least <paramref name="WarmupSteps"/>.</param>
public sealed record LearningRateSchedule(double Peak, double Minimum, long WarmupSteps, long DecaySteps)
{
    /// <summary>The rate of one step, counted from 0.</summary>
    public double At(long step)
    {
        if (step < WarmupSteps) return Peak * (step + 1) / (WarmupSteps + 1);
        if (step >= DecaySteps) return Minimum;
        var progress = (double)(step - WarmupSteps) / (DecaySteps - WarmupSteps);
        return Minimum + 0.5 * (1 + Math.Cos(Math.PI * progress)) * (Peak - Minimum);
    }
}
