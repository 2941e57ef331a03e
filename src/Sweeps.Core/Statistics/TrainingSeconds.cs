namespace Sweeps.Core.Statistics;

/// <summary>A span of steps that is trained once for all runs that go through it.</summary>
/// <param name="Id">What tells it from other spans.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="IsEarlier">Whether an earlier sweep trained it.</param>
public readonly record struct TrainedSpan(long Id, long FromStep, long ToStep, bool IsEarlier);

/// <summary>The training time of a sweep, validation and checkpoints not counted, added up over its slots.</summary>
/// <param name="Spent">Seconds that its own spans took.</param>
/// <param name="Earlier">Seconds of the spans of earlier sweeps that its runs go through.</param>
/// <param name="Alone">Seconds that all runs would have taken had each been trained from its first step.</param>
public readonly record struct TrainingSeconds(double Spent, double Earlier, double Alone)
{
    /// <summary>Seconds saved by training what its runs have in common once.</summary>
    public double Saved => Alone - Earlier - Spent;

    /// <summary>The times of several sweeps together.</summary>
    public static TrainingSeconds operator +(TrainingSeconds one, TrainingSeconds other) =>
        new(one.Spent + other.Spent, one.Earlier + other.Earlier, one.Alone + other.Alone);

    /// <summary>From the runs' points, whose seconds are those of all spans before, and the spans that they go through.</summary>
    public static TrainingSeconds Of(IEnumerable<(IReadOnlyList<CurvePoint> Points, IReadOnlyList<TrainedSpan> Spans)> runs)
    {
        var (total, seen) = (default(TrainingSeconds), new HashSet<long>());
        foreach (var (unordered, spans) in runs)
        {
            if (unordered.Count == 0) continue;
            CurvePoint[] points = [.. unordered.OrderBy(point => point.Step)];
            total += new TrainingSeconds(0, 0, points[^1].Seconds);
            foreach (var span in spans.Where(span => seen.Add(span.Id)))
            {
                var seconds = At(points, span.ToStep) - At(points, span.FromStep);
                total += span.IsEarlier ? new(0, seconds, 0) : new(seconds, 0, 0);
            }
        }
        return total;
    }

    /// <summary>Seconds until a step: between points in proportion.</summary>
    private static double At(CurvePoint[] points, long step)
    {
        var next = Array.FindIndex(points, point => point.Step >= step);
        if (next < 0) return points[^1].Seconds;
        var (before, after) = (next > 0 ? points[next - 1] : default, points[next]);
        return after.Step == before.Step ? after.Seconds : before.Seconds + (after.Seconds - before.Seconds) * (step - before.Step) / (after.Step - before.Step);
    }
}
