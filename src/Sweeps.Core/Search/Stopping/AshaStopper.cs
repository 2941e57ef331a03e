namespace Sweeps.Core.Search.Stopping;

/// <summary>
/// Asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning") with Optuna's settings. At the
/// rungs, minResource * reduction^k steps, a configuration goes on while it is among the best 1/reduction of all that have reached the
/// rung, and the best always does.
/// <para>
/// A configuration is judged at the highest rung that it has reached, and again whenever others reach that rung: one that passed because
/// it came first is stopped when better ones follow, which the paper's promotions cannot do. When all configurations have come, as
/// many are left at each rung as in successive halving.
/// </para>
/// </summary>
public sealed class AshaStopper : IStopper
{
    private readonly long minResource;
    private readonly int reduction;

    /// <param name="minResource">Steps of the first rung, at least 1: the least from which a configuration can be judged.</param>
    /// <param name="reduction">At least 2; 4 is the paper's and Optuna's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public AshaStopper(long minResource, int reduction = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minResource, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(reduction, 2);
        (this.minResource, this.reduction) = (minResource, reduction);
    }

    /// <summary>Steps of the highest rung up to a step; null before the first.</summary>
    public long? RungUpTo(long step)
    {
        if (step < minResource) return null;
        var rung = minResource;
        while (rung <= step / reduction) rung *= reduction;
        return rung;
    }

    /// <inheritdoc/>
    /// <remarks>The value at a rung is the first one at or after its step. Values that are not finite are worse than all others.</remarks>
    public IReadOnlyList<int> ToStop(IReadOnlyList<MeanCurve> curves) =>
        [.. from curve in curves
            where curve.State == TrainingState.Running && !curve.Points.IsEmpty
            let rung = RungUpTo(curve.Points[^1].Step)
            where rung is not null
            let there = curves.Select(other => ValueAt(other, rung.Value)).OfType<double>().Order().ToArray()
            where ValueAt(curve, rung.Value) > there[Math.Max(there.Length / reduction, 1) - 1] || double.IsPositiveInfinity(ValueAt(curve, rung.Value)!.Value)
            select curve.ConfigurationIndex];

    private static double? ValueAt(MeanCurve curve, long rung)
    {
        foreach (var point in curve.Points)
            if (point.Step >= rung) return double.IsFinite(point.Value) ? point.Value : double.PositiveInfinity;
        return null;
    }
}
