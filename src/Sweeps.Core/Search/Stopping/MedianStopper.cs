namespace Sweeps.Core.Search.Stopping;

/// <summary>
/// The median stopping rule (Golovin et al. 2017, "Google Vizier") in Optuna's form and with its settings: a configuration
/// stops when the best value that it has had is worse than the median of the finished configurations' values at the same step.
/// </summary>
public sealed class MedianStopper : IStopper
{
    private readonly int startUp;
    private readonly long warmUpSteps;

    /// <param name="startUp">Configurations that must have finished before any is stopped; 5 in Optuna.</param>
    /// <param name="warmUpSteps">Steps before which none is stopped; 0 in Optuna.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public MedianStopper(int startUp = 5, long warmUpSteps = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(startUp, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        (this.startUp, this.warmUpSteps) = (startUp, warmUpSteps);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A finished configuration that was not measured at the step has there its last value before; one that was not measured
    /// before takes no part. Values that are not finite are worse than all others.
    /// </remarks>
    public IReadOnlyList<int> ToStop(IReadOnlyList<MeanCurve> curves)
    {
        var finished = curves.Where(curve => curve.State == TrainingState.Finished).ToArray();
        if (finished.Length < startUp) return [];
        return [.. from curve in curves
                   where curve.State == TrainingState.Running && !curve.Points.IsEmpty && curve.Points[^1].Step >= warmUpSteps
                   let step = curve.Points[^1].Step
                   let others = finished.Select(other => LastValue(other, step)).OfType<double>().Order().ToArray()
                   where others.Length > 0 && curve.Points.Min(Value) is var best && (best > Median(others) || double.IsPositiveInfinity(best))
                   select curve.ConfigurationIndex];
    }

    private static double? LastValue(MeanCurve curve, long step)
    {
        var until = curve.Points.TakeWhile(point => point.Step <= step).ToArray();
        return until.Length == 0 ? null : Value(until[^1]);
    }

    private static double Value(MeanPoint point) => double.IsFinite(point.Value) ? point.Value : double.PositiveInfinity;

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
