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
                configuration.IsBaseline && summary.HasOneBaseline,
                PointsOf([.. byConfiguration[configuration.Index].Select(run => run.Points)], axis))),
        ];
    }

    /// <summary>The points of a curve from those of the configuration's runs.</summary>
    /// <param name="runs">The points of each run.</param>
    /// <param name="cost">What they are drawn against.</param>
    public static IReadOnlyList<LossCurvePoint> PointsOf(IReadOnlyList<CurvePoint>[] runs, TrainingCost cost) => [.. ByStep(runs).Select(step => LossCurvePoint.Of(step, cost))];

    /// <summary>The points of all runs at each step that one of them has. The list is the same one each time.</summary>
    private static IEnumerable<List<CurvePoint>> ByStep(IReadOnlyList<CurvePoint>[] runs)
    {
        for (var run = 0; run < runs.Length; run++)
            if (!IsByStep(runs[run])) runs[run] = [.. runs[run].OrderBy(point => point.Step)];
        var places = new int[runs.Length];
        var points = new List<CurvePoint>(runs.Length);
        while (true)
        {
            var next = long.MaxValue;
            for (var run = 0; run < runs.Length; run++)
                if (places[run] < runs[run].Count) next = Math.Min(next, runs[run][places[run]].Step);
            points.Clear();
            for (var run = 0; run < runs.Length; run++)
                for (; places[run] < runs[run].Count && runs[run][places[run]].Step == next; places[run]++) points.Add(runs[run][places[run]]);
            if (points.Count == 0) yield break;
            yield return points;
        }
    }

    private static bool IsByStep(IReadOnlyList<CurvePoint> points)
    {
        for (var i = 1; i < points.Count; i++)
            if (points[i].Step < points[i - 1].Step) return false;
        return true;
    }

    /// <summary>What a sweep's curves are drawn against where nothing else is asked for.</summary>
    internal static TrainingCost CostOf(SweepSummary summary) => summary.Cost;
}

/// <summary>One point of a curve, as the statistics gave it.</summary>
/// <param name="Cost">Training tokens seen, steps done, seconds spent or floating-point operations; not a number where a run does not tell them.</param>
/// <param name="Mean">Mean over the seeds; a loss is in nats per token.</param>
/// <param name="Low">Lower end of the band around the mean, or null with a single seed.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="IsRange">Whether the band is the range of the seeds' values and not the mean's 95% interval.</param>
public sealed record LossCurvePoint(double Cost, double Mean, double? Low = null, double? High = null, bool IsRange = false)
{
    /// <summary>With two seeds the 95% interval is nine times as wide as their range and would hide all curves: the range is drawn.</summary>
    private const int FewestForInterval = 3;

    /// <summary>Mean and interval of the values that several runs had at one step.</summary>
    internal static LossCurvePoint Of(List<CurvePoint> points, TrainingCost cost)
    {
        var (finite, sum) = (0, 0.0);
        foreach (var point in points)
        {
            sum += point.In(cost);
            if (double.IsFinite(point.Value)) finite++;
        }
        // Of the seeds only the seconds differ at the same step.
        var place = sum / points.Count;
        if (finite == 0) return new(place, double.NaN);
        var values = new double[finite];
        foreach (var point in points)
            if (double.IsFinite(point.Value)) values[^finite--] = point.Value;
        var sample = Sample.Of(values);
        if (values.Length is > 1 and < FewestForInterval) return new(place, sample.Mean, values.Min(), values.Max(), IsRange: true);
        var interval = sample.Interval();
        return new(place, sample.Mean, interval?.Low, interval?.High);
    }
}
