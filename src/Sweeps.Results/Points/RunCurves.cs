using System.Runtime.InteropServices;
using System.Data.Common;
using Sweeps.Results.Queries;
using Sweeps.Results.Writing;

namespace Sweeps.Results.Points;

/// <summary>
/// Puts the curves of runs together from the points of the stages on their paths.
/// </summary>
internal sealed class RunCurves : IDisposable
{
    private readonly PreparedStatements statements;
    private readonly PreparedStatement findName;
    private readonly StagePoints points;
    private readonly Dictionary<long, List<(long Stage, int FromStep)>> paths = [];
    private readonly Dictionary<long, int> uses = [];

    /// <summary>Begins to read.</summary>
    /// <param name="snapshot">In which everything is read.</param>
    /// <param name="condition">Which runs, in SQL about <c>r</c>, by <c>$id</c>.</param>
    /// <param name="id">The id.</param>
    public RunCurves(DbTransaction snapshot, string condition, long id)
    {
        statements = new PreparedStatements(snapshot.Connection!);
        findName = statements.Prepare("SELECT id FROM metric_names WHERE name = $name");
        points = new StagePoints(statements);
        var path = statements.Prepare(
            $"""
            SELECT r.id, p.stage_id, s.from_step FROM runs r JOIN run_stages p ON p.run_id = r.id JOIN stages s ON s.id = p.stage_id
            WHERE {condition} ORDER BY r.id, p.position
            """);
        statements.Enlist(snapshot);
        using var reader = path.Read(id);
        while (reader.Read())
        {
            var (run, stage) = (reader.GetInt64(0), reader.GetInt64(1));
            if (!paths.TryGetValue(run, out var stages)) paths[run] = stages = [];
            stages.Add((stage, reader.GetInt32(2)));
            uses[stage] = uses.GetValueOrDefault(stage) + 1;
        }
    }

    /// <summary>The curve of one run: its points by step, each step once.</summary>
    public List<CurvePoint> Read(long run, string metric)
    {
        var curve = new List<CurvePoint>();
        if (findName.Number(metric) is not { } metricId) return curve;
        var stage = new List<CurvePoint>();
        foreach (var (id, fromStep) in paths.GetValueOrDefault(run) ?? [])
        {
            stage.Clear();
            points.Read(id, metricId, stage);
            Append(curve, fromStep, stage);
        }
        return curve;
    }

    /// <summary>The end of the curve of each run that is read: its points from a step on.</summary>
    public IEnumerable<(long Run, List<CurvePoint> Points)> ReadEnds(string metric, long fromStep)
    {
        if (findName.Number(metric) is not { } metricId) yield break;
        var stage = new List<CurvePoint>();
        foreach (var (run, stages) in paths)
        {
            var curve = new List<CurvePoint>();
            foreach (var (id, first) in stages)
            {
                stage.Clear();
                points.ReadEnd(id, metricId, fromStep, stage);
                stage.RemoveAll(point => point.Step < fromStep);
                Append(curve, first, stage);
            }
            yield return (run, curve);
        }
    }

    /// <summary>
    /// The curves of many runs, in this order; the list is the same one each time. A stage that several runs share is read once and kept
    /// until the last of them had it.
    /// </summary>
    /// <param name="runs">All of the runs, each once.</param>
    /// <param name="metric">Name of the metric.</param>
    public IEnumerable<List<CurvePoint>> ReadAll(IEnumerable<long> runs, string metric)
    {
        var metricId = findName.Number(metric);
        var left = new Dictionary<long, int>(uses);
        var shared = new Dictionary<long, List<CurvePoint>>();
        var (curve, unshared) = (new List<CurvePoint>(), new List<CurvePoint>());
        foreach (var run in runs)
        {
            curve.Clear();
            if (metricId is { } known)
                foreach (var (stage, fromStep) in paths.GetValueOrDefault(run) ?? []) Append(curve, fromStep, Of(stage, known));
            yield return curve;
        }

        List<CurvePoint> Of(long stage, long metric)
        {
            if (shared.Remove(stage, out var list))
            {
                if (--left[stage] > 0) shared[stage] = list;
                return list;
            }
            unshared.Clear();
            list = --left[stage] > 0 ? shared[stage] = [] : unshared;
            points.Read(stage, metric, list);
            return list;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => statements.Dispose();

    /// <summary>A validation at a stage's first step is the one at the end of the stage before it; a training loss there is the stage's own.</summary>
    private static void Append(List<CurvePoint> curve, int fromStep, List<CurvePoint> stage)
    {
        var own = 0;
        for (; own < stage.Count && stage[own].Step <= fromStep; own++)
            if (curve.FindLastIndex(point => point.Step == stage[own].Step) < 0) curve.Add(stage[own]);
        curve.AddRange(CollectionsMarshal.AsSpan(stage)[own..]);
    }
}
