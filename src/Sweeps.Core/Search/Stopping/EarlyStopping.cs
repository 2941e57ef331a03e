using System.Collections.Immutable;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Search.Stopping;

/// <summary>The metric of a configuration's runs so far, in the metric's own sign.</summary>
/// <param name="ConfigurationIndex">Its place in the sweep.</param>
/// <param name="State">Whether it is still trained.</param>
/// <param name="Seeds">The points of each run, by step.</param>
public sealed record TrialCurves(int ConfigurationIndex, TrainingState State, ImmutableArray<ImmutableArray<MeanPoint>> Seeds);

/// <summary>Which configurations of a sweep are not worth training further: decided from the curves alone, by whoever asks and again after a restart.</summary>
public static class EarlyStopping
{
    /// <summary>
    /// Places of the running configurations to stop now; none where the sweep file has no <c>early_terminate</c>. The baseline that a file
    /// names goes on to its end whatever it is like, because the others are compared with it.
    /// </summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="trials">All its configurations that have begun.</param>
    /// <param name="baselines">The baselines' places; none when the file names none.</param>
    public static IReadOnlyList<int> ToStop(SweepSpec spec, IReadOnlyList<TrialCurves> trials, IReadOnlyCollection<int> baselines)
    {
        if (spec.Stopper is not { } stopper) return [];
        var metric = spec.Metric.Metric;
        var curves = trials.Select(trial => new MeanCurve(trial.ConfigurationIndex, trial.State, MeanCurve.Mean(trial.Seeds.Select(points =>
            points.Select(point => point with { Value = metric.Cost(point.Value) }))))).ToArray();
        return [.. stopper.ToStop(curves).Where(index => !baselines.Contains(index))];
    }
}
