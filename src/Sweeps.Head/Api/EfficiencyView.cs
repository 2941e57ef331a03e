using Sweeps.Core.Statistics;

namespace Sweeps.Head.Api;

/// <summary>What it costs the configurations of a sweep to reach a target, against the baseline.</summary>
/// <param name="Metric">What the target is a value of.</param>
/// <param name="Target">The target, or null where the sweep names none: then only the curves tell.</param>
/// <param name="Cost">What the cost is counted in.</param>
/// <param name="Rows">The configurations in their order, at the target.</param>
/// <param name="Curves">For each configuration but the baseline the efficiency at every target that both reach; empty ones are left out.</param>
public sealed record EfficiencyView(string Metric, double? Target, TrainingCost Cost, IReadOnlyList<EfficiencyAtTarget> Rows, IReadOnlyList<EfficiencyCurveView> Curves);

/// <summary>One configuration at the target.</summary>
/// <param name="Ordinal">Its place in the sweep, from 0.</param>
/// <param name="Label">Its label.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
/// <param name="N">Finished runs.</param>
/// <param name="Reached">Those that reached the target; null without one.</param>
/// <param name="Mean">Mean final value; null without a finished run.</param>
/// <param name="StepsToTarget">Mean steps to the target of those that reached it.</param>
/// <param name="TokensToTarget">Mean training tokens; null also where they are not counted.</param>
/// <param name="SecondsToTarget">Mean training seconds.</param>
/// <param name="SampleEfficiency">How many times less of the <see cref="EfficiencyView.Cost"/> than the baseline.</param>
/// <param name="TimeEfficiency">How many times fewer training seconds.</param>
/// <param name="FlopsToTarget">Mean floating-point operations of the training to the target, where runs tell them.</param>
/// <param name="FlopEfficiency">How many times fewer of these.</param>
public sealed record EfficiencyAtTarget(int Ordinal, string Label, bool IsBaseline, int N, int? Reached, double? Mean, double? StepsToTarget, double? TokensToTarget,
    double? SecondsToTarget, Efficiency? SampleEfficiency, Efficiency? TimeEfficiency, double? FlopsToTarget, Efficiency? FlopEfficiency)
{
    /// <summary>The rows of a summary.</summary>
    public static IReadOnlyList<EfficiencyAtTarget> Of(SweepSummary summary) => [.. summary.Configurations.Select(one => new EfficiencyAtTarget(
        one.Index, one.Label, one.IsBaseline, one.N, one.Reached, one.Mean, one.StepsToTarget, one.TokensToTarget, one.SecondsToTarget,
        one.Efficiency, one.TimeEfficiency, one.FlopsToTarget, one.FlopEfficiency))];
}

/// <summary>Sample efficiency of one configuration against the target; entry i of the lists belongs to target i.</summary>
/// <param name="Ordinal">Its place in the sweep, from 0.</param>
/// <param name="Label">Its label.</param>
/// <param name="Pairs">Seeds that it shares with the baseline; 0 where runs of the same seed are no pairs.</param>
/// <param name="Targets">Values of the metric, in the order of training.</param>
/// <param name="Ratio">How many times less of the <see cref="EfficiencyView.Cost"/> than the baseline.</param>
/// <param name="Low">Lower ends of the 95% intervals; null with one pair.</param>
/// <param name="High">Upper ends.</param>
public sealed record EfficiencyCurveView(int Ordinal, string Label, int Pairs, IReadOnlyList<double> Targets, IReadOnlyList<double> Ratio,
    IReadOnlyList<double?> Low, IReadOnlyList<double?> High)
{
    /// <summary>The curves of a sweep.</summary>
    public static IReadOnlyList<EfficiencyCurveView> Of(SweepSummary summary, IReadOnlyList<RunCurve> runs)
    {
        var byConfiguration = runs.ToLookup(run => run.ConfigurationIndex);
        return
        [
            .. from configuration in summary.Configurations
               where !configuration.IsBaseline
               let curve = Efficiency.Curve([.. byConfiguration[configuration.Reference]], [.. byConfiguration[configuration.Index]], goal: summary.Goal, unit: summary.Cost, isPaired: summary.IsPaired)
               where curve.Count > 1
               select new EfficiencyCurveView(configuration.Index, configuration.Label, curve[0].Efficiency.Pairs, [.. curve.Select(point => point.Target)],
                   [.. curve.Select(point => point.Efficiency.Value)], [.. curve.Select(point => point.Efficiency.Interval?.Low)], [.. curve.Select(point => point.Efficiency.Interval?.High)]),
        ];
    }
}
