using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;
using Sweeps.Results.Queries;
using CurvePoint = Sweeps.Core.Statistics.CurvePoint;

namespace Sweeps.Head.Reports;

/// <summary>A metric along the path of a stored run, with what the training had cost at each point.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ConfigurationId">Its configuration.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Points">By step.</param>
internal sealed record StoredCurve(long RunId, long ConfigurationId, int Seed, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>
    /// The curves of all runs of a sweep, by configuration and seed. Floating-point operations are a metric of their own, which the trainer tells, and so
    /// may a program of the user's, most often with each validation: between two of them they grow in proportion. Points of runs that do not are without.
    /// </summary>
    /// <param name="queries">The results.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="points">The most points of each curve of a chart, at least 8; null for all of them, as statistics need them.</param>
    /// <param name="hasFlops">Whether the points' operations are read too.</param>
    public static async Task<IReadOnlyList<StoredCurve>> ReadAllAsync(ResultsQueries queries, long sweepId, string metric, int? points = null, bool hasFlops = true)
    {
        // At once, as each takes its time.
        var flops = hasFlops ? queries.CurvesAsync(sweepId, ModelFlops.Metric) : Task.FromResult<IReadOnlyList<Results.Queries.RunCurve>>([]);
        var curves = await (points is { } most ? queries.CurvesAsync(sweepId, metric, most) : queries.CurvesAsync(sweepId, metric));
        var byRun = (await flops).ToDictionary(curve => curve.RunId, curve => curve.Points);
        return [.. curves.Select(curve => new StoredCurve(curve.RunId, curve.ConfigurationId, curve.Seed, Joined(curve.Points, byRun.GetValueOrDefault(curve.RunId) ?? [])))];
    }

    /// <summary>The ends of curves of a sweep, as <see cref="ResultsQueries.CurveEndsAsync"/> has them, without operations.</summary>
    public static async Task<IReadOnlyList<StoredCurve>> ReadEndsAsync(ResultsQueries queries, long sweepId, string metric, IReadOnlyDictionary<long, long> since) =>
        [.. (await queries.CurveEndsAsync(sweepId, metric, since)).Select(curve => new StoredCurve(curve.RunId, curve.ConfigurationId, curve.Seed, Joined(curve.Points, [])))];

    /// <summary>Both are by step.</summary>
    private static CurvePoint[] Joined(IReadOnlyList<Results.Queries.CurvePoint> points, IReadOnlyList<Results.Queries.CurvePoint> flops)
    {
        var curve = new CurvePoint[points.Count];
        var place = 0;
        for (var i = 0; i < curve.Length; i++)
        {
            var point = points[i];
            while (place < flops.Count && flops[place].Step < point.Step) place++;
            curve[i] = new CurvePoint(point.Step, point.Tokens, point.Seconds, point.Value, FlopsAt(point.Step, place));
        }
        return curve;

        double FlopsAt(long step, int place)
        {
            if (place == flops.Count) return double.NaN;
            var next = flops[place];
            if (next.Step == step) return next.Value;
            if (place == 0) return double.NaN;
            var before = flops[place - 1];
            return before.Value + (next.Value - before.Value) * (step - before.Step) / (next.Step - before.Step);
        }
    }
}
