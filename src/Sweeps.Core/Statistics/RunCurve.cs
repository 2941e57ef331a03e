namespace Sweeps.Core.Statistics;

/// <summary>One validation of a run.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Tokens">Training tokens seen.</param>
/// <param name="Seconds">Training seconds, validation and checkpoints not counted.</param>
/// <param name="ValLoss">Validation loss in nats per token.</param>
public sealed record CurvePoint(long Step, long Tokens, double Seconds, double ValLoss);

/// <summary>The validations of one run.</summary>
/// <param name="ConfigurationIndex">Its configuration's place in the plan.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Points">The validations in any order; missing ones may be trained still.</param>
public sealed record RunCurve(int ConfigurationIndex, int Seed, IReadOnlyList<CurvePoint> Points);

/// <summary>What a run had used when it reached a loss; between validations in proportion, so steps may be broken.</summary>
/// <param name="Step">Optimizer steps.</param>
/// <param name="Tokens">Training tokens.</param>
/// <param name="Seconds">Training seconds.</param>
public sealed record TargetCost(double Step, double Tokens, double Seconds)
{
    /// <summary>
    /// The first place at which the validation loss, drawn as straight lines between the validations, is at or under the target; null when
    /// it never is. Validations that gave no finite loss are passed over.
    /// </summary>
    public static TargetCost? Of(IEnumerable<CurvePoint> points, double target)
    {
        CurvePoint? before = null;
        foreach (var point in points.Where(point => double.IsFinite(point.ValLoss)).OrderBy(point => point.Step))
        {
            if (point.ValLoss <= target)
            {
                if (before is null) return new TargetCost(point.Step, point.Tokens, point.Seconds);
                var part = (before.ValLoss - target) / (before.ValLoss - point.ValLoss);
                double Between(double from, double to) => from + part * (to - from);
                return new TargetCost(Between(before.Step, point.Step), Between(before.Tokens, point.Tokens), Between(before.Seconds, point.Seconds));
            }
            before = point;
        }
        return null;
    }
}
