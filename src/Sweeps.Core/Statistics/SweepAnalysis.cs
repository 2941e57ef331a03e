using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Core.Statistics;

/// <summary>From curves to a summary with a verdict.</summary>
public static class SweepAnalysis
{
    /// <summary>A corrected p-value below this decides.</summary>
    public const double Alpha = 0.01;

    /// <summary>
    /// Summarises a sweep, finished or not. A run counts when it has the metric's last value, that of a command when it is complete; the
    /// others only lower the number of seeds. (Counting the targets that unfinished runs happened to reach would favour the quick ones.)
    /// </summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="curves">At most one for each run of the plan.</param>
    /// <exception cref="ArgumentException">Two curves are of the same run, or one is of no run of the plan.</exception>
    public static SweepSummary Summarise(SweepSpec spec, SweepPlan plan, IReadOnlyList<RunCurve> curves)
    {
        var metric = spec.Metric.Metric;
        var finished = Finished(spec, plan, curves);
        var stopped = curves.Where(curve => curve.StoppedAt is not null).ToLookup(curve => curve.ConfigurationIndex, curve => curve.StoppedAt!.Value);
        var target = spec.Metric.Target;
        var unit = spec.Command is null || curves.Any(curve => curve.Points.Any(point => point.Tokens > 0)) ? TrainingCost.Tokens : TrainingCost.Steps;
        var baselines = plan.References.Distinct().ToDictionary(place => place, place => new Reference(place, [.. finished[place]], metric, target));
        var planned = plan.Runs.CountBy(run => run.ConfigurationIndex).ToDictionary();
        var looks = spec.Until is { } rule ? SequentialComparison.TestOf(rule, plan.Comparisons) : null;
        var summaries = plan.Configurations.Select(configuration =>
            Describe(configuration, planned[configuration.Index], [.. finished[configuration.Index]], [.. stopped[configuration.Index]], baselines[plan.References[configuration.Index]], metric, target, unit,
                looks, isPaired: !spec.IsImported)).ToArray();
        if (looks is null) Correct(summaries);
        var comparisons = looks is null ? summaries.Count(summary => summary.P is not null) : plan.Comparisons;
        var alpha = spec.Until?.Alpha ?? Alpha;
        for (var i = 0; i < summaries.Length; i++) summaries[i] = Judged(summaries[i], summaries[plan.References[i]], metric, alpha / Math.Max(1, comparisons));
        var summary = new SweepSummary
        {
            Metric = metric.Name,
            Goal = metric.Goal,
            Target = target,
            Cost = unit,
            Seeds = spec.Seeds,
            Until = spec.Until,
            IsPaired = !spec.IsImported,
            Baseline = plan.BaselineIndex,
            BaselineRemark = plan.BaselineRemark,
            Configurations = summaries,
            Verdict = "",
        };
        return summary with { Verdict = Verdict.Of(summary, metric) };
    }

    /// <summary>The runs that have the metric's last value, by their configurations' places, and that value.</summary>
    /// <inheritdoc cref="Summarise"/>
    public static ILookup<int, FinishedRun> Finished(SweepSpec spec, SweepPlan plan, IReadOnlyList<RunCurve> curves)
    {
        var metric = spec.Metric.Metric;
        var ends = spec.Command is not null ? []
            : plan.Configurations.Select(configuration => metric.LastStep(TrainingOptions.FromParameters(configuration.Parameters, seed: 1))).ToArray();
        var planned = plan.Runs.Select(run => (run.ConfigurationIndex, run.Seed)).ToHashSet();
        var seen = new HashSet<(int, int)>();
        foreach (var curve in curves)
        {
            var run = (curve.ConfigurationIndex, curve.Seed);
            if (!planned.Contains(run)) throw new ArgumentException($"Configuration {run.ConfigurationIndex} with seed {run.Seed} is not in the plan.", nameof(curves));
            if (!seen.Add(run)) throw new ArgumentException($"Configuration {run.ConfigurationIndex} with seed {run.Seed} has two curves.", nameof(curves));
        }
        return (from curve in curves
                where curve.StoppedAt is null
                let last = spec.Command is null ? At(curve.Points, ends[curve.ConfigurationIndex])
                    : curve is { IsComplete: true, Points.Count: > 0 } ? curve.Points.MaxBy(point => point.Step).Value : null
                where last is not null
                orderby curve.Seed
                select (curve, last.Value)).ToLookup(pair => pair.curve.ConfigurationIndex, pair => new FinishedRun(pair.curve, pair.Value));

        static double? At(IReadOnlyList<CurvePoint> points, int step)
        {
            for (var i = 0; i < points.Count; i++)
                if (points[i].Step == step) return points[i].Value;
            return null;
        }
    }

    private static ConfigurationSummary Describe(
        Configuration configuration, int planned, FinishedRun[] all, long[] stopped, Reference reference, ResultMetric metric,
        double? target, TrainingCost unit, SequentialTest? looks, bool isPaired)
    {
        var runs = Sound(all);
        var values = runs.Select(run => run.Value).ToArray();
        var sample = values.Length == 0 ? null : Sample.Of(values);
        var summary = new ConfigurationSummary
        {
            Index = configuration.Index,
            Label = configuration.Label,
            Reference = reference.Place,
            Parameters = configuration.Parameters,
            Planned = planned,
            N = runs.Length,
            Diverged = all.Length - runs.Length,
            Stopped = stopped.Length,
            StoppedAt = stopped.Length == 0 ? null : stopped.Max(),
            Mean = sample?.Mean,
            Sd = sample?.Sd,
            Interval = sample?.Interval(),
            Standing = stopped.Length > 0 ? Standing.Stopped : Standing.NoData,
        };
        if (target is { } goal) summary = WithTarget(summary, all, values, summary.IsBaseline ? [] : reference.Costs, metric, goal, unit, isPaired);
        // The seeds that went to their end before the others were stopped are too few by the metric's choice.
        return summary.IsBaseline || stopped.Length > 0 ? summary
            : looks is null ? WithComparison(summary, runs, Sound(reference.Runs), isPaired) : WithLooks(summary, runs, Sound(reference.Runs), looks);
    }

    private static ConfigurationSummary WithTarget(
        ConfigurationSummary summary, FinishedRun[] runs, double[] values, Dictionary<int, TargetCost> theirs, ResultMetric metric, double target, TrainingCost unit, bool isPaired)
    {
        var costs = Costs(runs, metric, target);
        var pairs = costs.Where(cost => theirs.ContainsKey(cost.Key)).Select(cost => (Baseline: theirs[cost.Key], Own: cost.Value)).ToArray();
        Efficiency? In(TrainingCost cost) => isPaired ? Efficiency.Of(pairs.Select(pair => (pair.Baseline.In(cost), pair.Own.In(cost))))
            : Efficiency.Unpaired(theirs.Values.Select(one => one.In(cost)), costs.Values.Select(one => one.In(cost)));
        return summary with
        {
            Reached = costs.Count,
            NotReached = runs.Length - costs.Count,
            StepsToTarget = MeanOf(costs.Values, cost => cost.Step),
            TokensToTarget = unit == TrainingCost.Tokens ? MeanOf(costs.Values, cost => cost.Tokens) : null,
            SecondsToTarget = MeanOf(costs.Values, cost => cost.Seconds),
            FlopsToTarget = MeanOf(costs.Values, cost => cost.Flops) is { } flops && double.IsFinite(flops) ? flops : null,
            Efficiency = In(unit),
            TimeEfficiency = In(TrainingCost.Seconds),
            FlopEfficiency = In(TrainingCost.Flops),
            BeyondTargetP = values.Length == 0 ? null : TTest.Below([.. values.Select(metric.Cost)], metric.Cost(target)),
        };
    }

    private static ConfigurationSummary WithComparison(ConfigurationSummary summary, FinishedRun[] runs, FinishedRun[] baseline, bool mayPair)
    {
        if (runs.Length == 0 || baseline.Length == 0) return summary;
        var pairs = !mayPair ? [] : runs.Join(baseline, run => run.Curve.Seed, run => run.Curve.Seed, (own, theirs) => (Own: own.Value, Theirs: theirs.Value)).ToArray();
        // One seed each, and the same: a difference, but no test.
        var isPaired = pairs.Length >= 2 || pairs.Length == 1 && runs.Length == 1 && baseline.Length == 1;
        var test = isPaired
            ? TTest.Paired([.. pairs.Select(pair => pair.Own)], [.. pairs.Select(pair => pair.Theirs)])
            : TTest.Welch([.. runs.Select(run => run.Value)], [.. baseline.Select(run => run.Value)]);
        return summary with
        {
            Difference = test.Difference,
            Pairs = pairs.Length,
            DifferenceError = test.StandardError,
            DifferenceInterval = test.Interval,
            Test = isPaired ? ComparisonTest.Paired : ComparisonTest.Welch,
            P = test.P,
            Standing = Standing.Undecided,
        };
    }

    private static ConfigurationSummary WithLooks(ConfigurationSummary summary, FinishedRun[] runs, FinishedRun[] baseline, SequentialTest looks)
    {
        if (runs.Length == 0 || baseline.Length == 0) return summary;
        var found = SequentialComparison.Of(looks, BySeed(runs), BySeed(baseline));
        if (found.Test is not { } test) return WithComparison(summary, runs, baseline, mayPair: true) with { Level = found.Level };
        return summary with
        {
            Difference = test.Difference,
            Pairs = found.Pairs,
            DifferenceError = test.StandardError,
            DifferenceInterval = test.Interval,
            Test = ComparisonTest.Paired,
            P = test.P,
            Level = found.Level,
            IsDecided = found.IsDecided,
            Standing = Standing.Undecided,
        };

        static Dictionary<int, double> BySeed(FinishedRun[] runs) => runs.ToDictionary(run => run.Curve.Seed, run => run.Value);
    }

    private static void Correct(ConfigurationSummary[] summaries)
    {
        var tested = Enumerable.Range(0, summaries.Length).Where(index => summaries[index].P is not null).ToArray();
        var adjusted = Holm.Adjust([.. tested.Select(index => summaries[index].P!.Value)]);
        foreach (var (index, p) in tested.Zip(adjusted)) summaries[index] = summaries[index] with { AdjustedP = p };
    }

    private static ConfigurationSummary Judged(ConfigurationSummary summary, ConfigurationSummary baseline, ResultMetric metric, double alpha)
    {
        if (summary.IsBaseline) return summary with { Standing = summary.N > 0 ? Standing.Baseline : summary.Standing };
        if (summary is not { Standing: Standing.Undecided, Difference: { } difference }) return summary;
        if (difference == 0 && summary is { P: 1, DifferenceError: 0 }) return summary with { Standing = Standing.Identical };
        if (summary.IsDecided || summary.AdjustedP < Alpha) return summary with { Standing = metric.Cost(difference) < 0 ? Standing.Better : Standing.Worse };
        return summary with { MoreSeeds = MoreSeeds(summary, baseline, alpha) };
    }

    private static int? MoreSeeds(ConfigurationSummary summary, ConfigurationSummary baseline, double alpha)
    {
        if (summary is not { Difference: { } difference, DifferenceError: > 0 and var error, Pairs: { } pairs }) return null;
        if (summary.Test == ComparisonTest.Paired) return Beyond(Power.Pairs(difference / (error * Math.Sqrt(pairs)), alpha), pairs);
        var spread = Math.Sqrt((Square(summary.Sd) + Square(baseline.Sd)) / 2);
        return Beyond(Power.GroupSize(difference / spread, alpha), Math.Min(summary.N, baseline.N));
    }

    private static int? Beyond(int? needed, int have) => needed is { } count ? Math.Max(1, count - have) : null;

    private static double Square(double? value) => (value ?? 0) * (value ?? 0);

    private static FinishedRun[] Sound(FinishedRun[] runs) => [.. runs.Where(run => double.IsFinite(run.Value))];

    private static Dictionary<int, TargetCost> Costs(FinishedRun[] runs, ResultMetric metric, double target) => runs
        .Select(run => (run.Curve.Seed, Cost: TargetCost.Of(run.Curve.Points, target, metric.Goal)))
        .Where(pair => pair.Cost is not null).ToDictionary(pair => pair.Seed, pair => pair.Cost!);

    private static double? MeanOf(IReadOnlyCollection<TargetCost> costs, Func<TargetCost, double> part) => costs.Count == 0 ? null : costs.Average(part);

    /// <summary>A baseline: its place, its finished runs, and what the target cost each seed that reached it.</summary>
    private sealed record Reference(int Place, FinishedRun[] Runs, ResultMetric Metric, double? Target)
    {
        public Dictionary<int, TargetCost> Costs { get; } = Target is { } goal ? SweepAnalysis.Costs(Runs, Metric, goal) : [];
    }
}
