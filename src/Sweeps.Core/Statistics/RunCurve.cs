using Sweeps.Core.Gpt;

namespace Sweeps.Core.Statistics;

/// <summary>One value of a sweep's metric in a run, most often a validation.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Tokens">Training tokens seen.</param>
/// <param name="Seconds">Training seconds, validation and checkpoints not counted.</param>
/// <param name="Value">The metric; a loss is in nats per token.</param>
/// <param name="Flops">Floating-point operations of the training; not a number where the run does not tell them.</param>
public sealed record CurvePoint(long Step, long Tokens, double Seconds, double Value, double Flops = double.NaN)
{
    /// <summary>The training until here, in a unit.</summary>
    public double In(TrainingCost unit) => unit switch
    {
        TrainingCost.Tokens => Tokens, TrainingCost.Steps => Step, TrainingCost.Seconds => Seconds, TrainingCost.Flops => Flops, _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };
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
    public static TargetCost? Of(IEnumerable<CurvePoint> points, double target, MetricGoal goal = MetricGoal.Minimize)
    {
        CurvePoint? before = null;
        foreach (var point in points.Where(point => double.IsFinite(point.Value)).OrderBy(point => point.Step))
        {
            if (goal == MetricGoal.Minimize ? point.Value <= target : point.Value >= target)
            {
                if (before is null) return new TargetCost(point.Step, point.Tokens, point.Seconds, point.Flops);
                var part = (before.Value - target) / (before.Value - point.Value);
                double Between(double from, double to) => from + part * (to - from);
                return new TargetCost(Between(before.Step, point.Step), Between(before.Tokens, point.Tokens), Between(before.Seconds, point.Seconds), Between(before.Flops, point.Flops));
            }
            before = point;
        }
        return null;
    }
}
