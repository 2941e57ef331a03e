using Sweeps.Core.Gpt;

namespace Sweeps.Core.Statistics;

/// <summary>One value of a sweep's metric in a run, most often a validation.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Tokens">Training tokens seen.</param>
/// <param name="Seconds">Training seconds, validation and checkpoints not counted.</param>
/// <param name="Value">The metric; a loss is in nats per token.</param>
/// <param name="Flops">Floating-point operations of the training; not a number where the run does not tell them.</param>
public readonly record struct CurvePoint(long Step, long Tokens, double Seconds, double Value, double Flops = double.NaN)
{
    /// <summary>The training until here, in a unit.</summary>
    public double In(TrainingCost unit) => unit switch
    {
        TrainingCost.Tokens => Tokens, TrainingCost.Steps => Step, TrainingCost.Seconds => Seconds, TrainingCost.Flops => Flops, _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };

    /// <summary>The points with a finite value by step: the list itself where it is so already, as stored curves are.</summary>
    internal static IReadOnlyList<CurvePoint> FiniteByStep(IReadOnlyList<CurvePoint> points)
    {
        var isSo = true;
        for (var i = 0; i < points.Count && isSo; i++) isSo = double.IsFinite(points[i].Value) && (i == 0 || points[i - 1].Step <= points[i].Step);
        return isSo ? points : [.. points.Where(point => double.IsFinite(point.Value)).OrderBy(point => point.Step)];
    }
}

/// <summary>The validations of one run.</summary>
/// <param name="ConfigurationIndex">Its configuration's place in the plan.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Points">The validations in any order; missing ones may be trained still.</param>
/// <param name="IsComplete">Whether the run has ended well. Of a command this tells that its last point is the end; of the built-in trainer the step does.</param>
/// <param name="StoppedAt">The step at which the run was stopped early; null for one that was not.</param>
public sealed record RunCurve(int ConfigurationIndex, int Seed, IReadOnlyList<CurvePoint> Points, bool IsComplete = false, long? StoppedAt = null);

/// <summary>What a run had used when it reached a target; between validations in proportion, so steps may be broken.</summary>
/// <param name="Step">Optimizer steps.</param>
/// <param name="Tokens">Training tokens.</param>
/// <param name="Seconds">Training seconds.</param>
/// <param name="Flops">Floating-point operations; not a number where the run does not tell them.</param>
public sealed record TargetCost(double Step, double Tokens, double Seconds, double Flops = double.NaN)
{
    /// <summary>The cost in a unit.</summary>
    public double In(TrainingCost unit) => unit switch
    {
        TrainingCost.Tokens => Tokens, TrainingCost.Steps => Step, TrainingCost.Seconds => Seconds, TrainingCost.Flops => Flops, _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };

    /// <summary>
    /// The first place at which the metric, drawn as straight lines between the validations, is at the target or beyond it on the good side;
    /// null when it never is. Validations that gave no finite value are passed over.
    /// </summary>
    public static TargetCost? Of(IReadOnlyList<CurvePoint> points, double target, MetricGoal goal = MetricGoal.Minimize) =>
        Of(CurvePoint.FiniteByStep(points), [target], goal).Single();

    /// <summary>The same of several targets, of which none is easier than the one before: each search goes on where that ended.</summary>
    /// <param name="points">As <see cref="CurvePoint.FiniteByStep"/> gives them.</param>
    /// <param name="targets">Values of the metric.</param>
    /// <param name="goal">Which values are good.</param>
    internal static IEnumerable<TargetCost?> Of(IReadOnlyList<CurvePoint> points, IEnumerable<double> targets, MetricGoal goal)
    {
        var place = 0;
        foreach (var target in targets)
        {
            while (place < points.Count && !(goal == MetricGoal.Minimize ? points[place].Value <= target : points[place].Value >= target)) place++;
            yield return place == points.Count ? null : place == 0 ? Between(points[0], points[0], 0) : Crossing(points[place - 1], points[place], target);
        }
    }

    private static TargetCost Crossing(CurvePoint before, CurvePoint point, double target) => Between(before, point, (before.Value - target) / (before.Value - point.Value));

    private static TargetCost Between(CurvePoint from, CurvePoint to, double part)
    {
        double Part(double begin, double end) => begin + part * (end - begin);
        return new TargetCost(Part(from.Step, to.Step), Part(from.Tokens, to.Tokens), Part(from.Seconds, to.Seconds), Part(from.Flops, to.Flops));
    }
}
