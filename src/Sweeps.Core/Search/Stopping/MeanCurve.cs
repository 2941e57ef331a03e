using System.Collections.Immutable;

namespace Sweeps.Core.Search.Stopping;

/// <summary>How far a configuration's training has come.</summary>
public enum TrainingState
{
    /// <summary>It may still be stopped.</summary>
    Running,

    /// <summary>It was stopped before its last step.</summary>
    Stopped,

    /// <summary>It was trained to its last step.</summary>
    Finished,
}

/// <summary>One value of the metric, the mean over seeds.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Value">Smaller is better; a metric to maximize is negated.</param>
public readonly record struct MeanPoint(long Step, double Value);

/// <summary>A configuration's metric so far.</summary>
/// <param name="ConfigurationIndex">Its place in the sweep.</param>
/// <param name="State">Whether it is still trained.</param>
/// <param name="Points">In the order of the steps, each step once.</param>
public sealed record MeanCurve(int ConfigurationIndex, TrainingState State, ImmutableArray<MeanPoint> Points)
{
    /// <summary>The mean at each step over the seeds that have a value there; a seed that has not come so far takes no part.</summary>
    public static ImmutableArray<MeanPoint> Mean(IEnumerable<IEnumerable<MeanPoint>> seeds) =>
        [.. seeds.SelectMany(points => points).GroupBy(point => point.Step, point => point.Value).OrderBy(step => step.Key)
            .Select(step => new MeanPoint(step.Key, step.Average()))];
}
