using Sweeps.Core.Gpt;

namespace Sweeps.Core.Statistics;

/// <summary>
/// How many times less a configuration needs than the baseline to reach a value of the metric: the geometric mean, over seeds that both have, of what the
/// baseline used divided by what the configuration used. Above 1 the configuration is cheaper.
/// </summary>
/// <param name="Value">The geometric mean.</param>
/// <param name="Interval">Its 95% interval, Student's on the logarithms; null for one pair.</param>
/// <param name="Pairs">Seeds in which both reached it; 0 where the two have no seeds in common that mean the same.</param>
public sealed record Efficiency(double Value, Interval? Interval, int Pairs)
{
    /// <summary>From pairs (baseline, configuration) of costs; null when there are none. Pairs in which a cost is 0 have no ratio and do not count.</summary>
    public static Efficiency? Of(IEnumerable<(double Baseline, double Configuration)> costs)
    {
        var logs = costs.Where(pair => pair is { Baseline: > 0, Configuration: > 0 }).Select(pair => Math.Log(pair.Baseline / pair.Configuration)).ToArray();
        if (logs.Length == 0) return null;
        var sample = Sample.Of(logs);
        var interval = sample.Interval();
        return new Efficiency(Math.Exp(sample.Mean), interval is null ? null : new Interval(Math.Exp(interval.Low), Math.Exp(interval.High)), logs.Length);
    }

    /// <summary>
    /// The same of runs that are no pairs: the ratio of the geometric means, with Welch's interval on the logarithms (none where one of the two has a
    /// single run). Null when one of them has no cost above 0.
    /// </summary>
    public static Efficiency? Unpaired(IEnumerable<double> baseline, IEnumerable<double> configuration)
    {
        double[] Logs(IEnumerable<double> costs) => [.. costs.Where(cost => cost > 0).Select(cost => Math.Log(cost))];
        var (theirs, own) = (Logs(baseline), Logs(configuration));
        if (theirs.Length == 0 || own.Length == 0) return null;
        var test = TTest.Welch(theirs, own);
        return new Efficiency(Math.Exp(test.Difference), test.Interval is { } interval ? new Interval(Math.Exp(interval.Low), Math.Exp(interval.High)) : null, 0);
    }

    /// <summary>
    /// Sample efficiency as a function of the target, from the worst to the best value that every pair of runs
    /// reaches on the way; empty when there is no such value.
    /// </summary>
    /// <param name="baseline">Finished runs of the baseline.</param>
    /// <param name="configuration">Finished runs of the configuration; of pairs only seeds that the baseline has too count.</param>
    /// <param name="targets">How many values, evenly spaced, at least 2.</param>
    /// <param name="goal">Which values are good.</param>
    /// <param name="unit">What the cost is counted in.</param>
    /// <param name="isPaired">Whether runs of the same seed are pairs.</param>
    /// <param name="after">The part of the baseline's training whose values are left out, from 0 to below 1: in the first steps everything improves.</param>
    public static IReadOnlyList<(double Target, Efficiency Efficiency)> Curve(
        IReadOnlyList<RunCurve> baseline, IReadOnlyList<RunCurve> configuration, int targets = 50, MetricGoal goal = MetricGoal.Minimize,
        TrainingCost unit = TrainingCost.Tokens, bool isPaired = true, double after = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targets, 2);
        var pairs = isPaired ? baseline.Join(configuration, run => run.Seed, run => run.Seed, (a, b) => (Baseline: a, Configuration: b)).ToArray() : [];
        var theirs = ByStep(isPaired ? pairs.Select(pair => pair.Baseline) : baseline);
        var own = ByStep(isPaired ? pairs.Select(pair => pair.Configuration) : configuration);
        var runs = theirs.Concat(own).ToArray();
        if (theirs.Length == 0 || own.Length == 0 || runs.Any(points => points.Count == 0)) return [];
        // The first validation's value is left out: what was used to reach it is not known, or nothing.
        var sign = goal == MetricGoal.Minimize ? 1 : -1;
        var (highest, lowest) = (runs.Min(points => sign * points[0].Value), runs.Max(points => points.Min(point => sign * point.Value)));
        if (after > 0)
            highest = Math.Min(highest, theirs.Max(points => sign * points.FirstOrDefault(point => point.In(unit) >= after * points[^1].In(unit), points[^1]).Value));
        if (lowest >= highest) return [];
        double[] values = [.. Enumerable.Range(1, targets).Select(i => sign * (highest - (highest - lowest) * i / targets))];
        var (before, now) = (Costs(theirs), Costs(own));
        var curve = new List<(double, Efficiency)>();
        for (var i = 0; i < targets; i++)
        {
            if (before.Concat(now).Any(run => run[i] is not > 0)) continue;
            var efficiency = isPaired ? Of(before.Zip(now, (a, b) => (a[i]!.Value, b[i]!.Value))) : Unpaired(before.Select(run => run[i]!.Value), now.Select(run => run[i]!.Value));
            curve.Add((values[i], efficiency!));
        }
        return curve;

        static IReadOnlyList<CurvePoint>[] ByStep(IEnumerable<RunCurve> some) => [.. some.Select(run => CurvePoint.FiniteByStep(run.Points))];

        double?[][] Costs(IReadOnlyList<CurvePoint>[] some) => [.. some.Select(points => TargetCost.Of(points, values, goal).Select(cost => cost?.In(unit)).ToArray())];
    }
}
