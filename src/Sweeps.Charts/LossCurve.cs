using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>The metric of one configuration, most often its validation loss: the mean over its seeds at each measured amount of training.</summary>
/// <param name="Label">What the configuration is called.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
/// <param name="Points">By ascending cost; values that are not finite (a run that diverged) end the line.</param>
public sealed record LossCurve(string Label, bool IsBaseline, IReadOnlyList<LossCurvePoint> Points)
{
    /// <summary>
    /// The curves of a sweep, finished or not: at each validated step the mean over the runs that have a finite value there.
    /// Where all of a configuration's runs lost theirs, the value is not a number.
    /// </summary>
    /// <param name="summary">What was found.</param>
    /// <param name="runs">The validations of its runs.</param>
    /// <param name="cost">What the curves are drawn against; when null tokens, or steps where tokens are not counted.</param>
    public static IReadOnlyList<LossCurve> Of(SweepSummary summary, IReadOnlyList<RunCurve> runs, TrainingCost? cost = null)
    {
        var axis = cost ?? CostOf(summary);
        var byConfiguration = runs.ToLookup(run => run.ConfigurationIndex);
        return
        [
            .. summary.Configurations.Select(configuration => new LossCurve(
                configuration.Label,
                configuration.Index == summary.Baseline,
                [
                    .. byConfiguration[configuration.Index].SelectMany(run => run.Points).GroupBy(point => point.Step)
                        .OrderBy(step => step.Key).Select(step => LossCurvePoint.Of(step, axis)),
                ])),
        ];
    }

    /// <summary>What a sweep's curves are drawn against where nothing else is asked for.</summary>
    internal static TrainingCost CostOf(SweepSummary summary) => summary.Cost;
}

/// <summary>One point of a curve, as the statistics gave it.</summary>
/// <param name="Cost">Training tokens seen, steps done or seconds spent.</param>
/// <param name="Mean">Mean over the seeds; a loss is in nats per token.</param>
/// <param name="Low">Lower end of the band around the mean, or null with a single seed.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="IsRange">Whether the band is the range of the seeds' values and not the mean's 95% interval.</param>
public sealed record LossCurvePoint(double Cost, double Mean, double? Low = null, double? High = null, bool IsRange = false)
{
    /// <summary>With two seeds the 95% interval is nine times as wide as their range and would hide all curves: the range is drawn.</summary>
    private const int FewestForInterval = 3;

    /// <summary>Mean and interval of the values that several runs had at one step.</summary>
    internal static LossCurvePoint Of(IEnumerable<CurvePoint> validations, TrainingCost cost)
    {
        var points = validations.ToArray();
        var values = points.Select(point => point.Value).Where(double.IsFinite).ToArray();
        // Of the seeds only the seconds differ at the same step.
        var place = points.Average(point => point.In(cost));
        if (values.Length == 0) return new(place, double.NaN);
        var sample = Sample.Of(values);
        if (values.Length is > 1 and < FewestForInterval) return new(place, sample.Mean, values.Min(), values.Max(), IsRange: true);
        var interval = sample.Interval();
        return new(place, sample.Mean, interval?.Low, interval?.High);
    }
}
