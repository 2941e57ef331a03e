using Microsoft.EntityFrameworkCore;
using Sweeps.Core.Protocol;
using Sweeps.Results.Points;

namespace Sweeps.Results.Queries;

public sealed partial class ResultsQueries
{
    /// <summary>Names of the metrics that a sweep has points of.</summary>
    public Task<IReadOnlyList<string>> MetricNamesAsync(long sweepId) => ReadAsync<IReadOnlyList<string>>(context =>
        context.Database.SqlQuery<string>(
            $"""
            SELECT n.name AS "Value" FROM metric_names n WHERE EXISTS (
                SELECT 1 FROM runs r JOIN run_stages p ON p.run_id = r.id JOIN metric_summaries m ON m.stage_id = p.stage_id AND m.metric_id = n.id
                WHERE r.sweep_id = {sweepId}) ORDER BY n.name
            """).ToList());

    /// <summary>All points of a stage as they are stored, by metric and step.</summary>
    public Task<IReadOnlyList<MetricPoint>> PointsAsync(long stageId) => ReadAsync<IReadOnlyList<MetricPoint>>(context =>
    {
        using var command = Command(context,
            """
            SELECT n.name, c.data FROM metric_chunks c JOIN metric_names n ON n.id = c.metric_id
            WHERE c.stage_id = $id ORDER BY n.name, c.first_step
            """, ("id", stageId));
        using var reader = command.ExecuteReader();
        var all = new List<MetricPoint>();
        var points = new List<CurvePoint>();
        while (reader.Read())
        {
            points.Clear();
            PointChunk.Read(reader.GetFieldValue<byte[]>(1), points);
            all.AddRange(points.Select(point => new MetricPoint(reader.GetString(0), point.Step, point.Value, point.Tokens, point.Seconds)));
        }
        return all;
    });

    /// <summary>A metric along a run's path: the stages' points one after the other, each step once.</summary>
    public Task<IReadOnlyList<CurvePoint>> CurveAsync(long runId, string metric) => ReadAsync<IReadOnlyList<CurvePoint>>(context =>
    {
        using var snapshot = Snapshot(context);
        using var curves = new RunCurves(snapshot, "r.id = $id", runId);
        return curves.Read(runId, metric);
    });

    /// <summary>The same for a chart: at most 4 points for each of its pixels, chosen as <see cref="DownSampling"/> does. For statistics it is not exact.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="pixels">Width of the chart, at least 2.</param>
    public async Task<IReadOnlyList<CurvePoint>> CurveAsync(long runId, string metric, int pixels) => DownSampling.Of(await CurveAsync(runId, metric), pixels);

    /// <summary>A metric along the path of each run of a sweep, by configuration and seed; runs without points have an empty curve.</summary>
    public Task<IReadOnlyList<RunCurve>> CurvesAsync(long sweepId, string metric) => CurvesAsync(sweepId, metric, points => points.ToArray());

    /// <summary>The same for a chart, chosen as <see cref="DownSampling"/> does. For statistics it is not exact.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="points">The most points of each curve, at least 8.</param>
    public Task<IReadOnlyList<RunCurve>> CurvesAsync(long sweepId, string metric, int points) =>
        CurvesAsync(sweepId, metric, curve => DownSampling.Of(curve, points / DownSampling.OfEachBucket).ToArray());

    /// <summary>
    /// The ends of curves of a sweep: of each configuration that one of these runs is of, the points of all its runs from the least of these steps on, by
    /// configuration and seed. Costs as much as there is of them, however long the curves are.
    /// </summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="since">Runs of the sweep, others are passed over, and of each the step from which on points are wanted.</param>
    public Task<IReadOnlyList<RunCurve>> CurveEndsAsync(long sweepId, string metric, IReadOnlyDictionary<long, long> since) => ReadAsync<IReadOnlyList<RunCurve>>(context =>
    {
        using var snapshot = Snapshot(context);
        long[] asked = [.. since.Keys];
        var wanted = context.Runs.Where(run => run.SweepId == sweepId && asked.Contains(run.Id)).Select(run => new { run.Id, run.ConfigurationId }).ToList()
            .GroupBy(run => run.ConfigurationId).ToDictionary(runs => runs.Key, runs => runs.Min(run => since[run.Id]));
        long[] configurations = [.. wanted.Keys];
        var seeds = context.Runs.Where(run => configurations.Contains(run.ConfigurationId)).ToDictionary(run => run.Id, run => run.Seed);
        var ends = new List<RunCurve>();
        foreach (var (configuration, step) in wanted.OrderBy(one => one.Key))
        {
            using var curves = new RunCurves(snapshot, "r.configuration_id = $id", configuration);
            ends.AddRange(curves.ReadEnds(metric, step).Select(end => new RunCurve(end.Run, configuration, seeds[end.Run], end.Points)).OrderBy(end => end.Seed));
        }
        return ends;
    });

    private Task<IReadOnlyList<RunCurve>> CurvesAsync(long sweepId, string metric, Func<IReadOnlyList<CurvePoint>, IReadOnlyList<CurvePoint>> choose) =>
        ReadAsync<IReadOnlyList<RunCurve>>(context =>
        {
            using var snapshot = Snapshot(context);
            var runs = (from run in context.Runs
                        where run.SweepId == sweepId
                        join configuration in context.Configurations on run.ConfigurationId equals configuration.Id
                        orderby configuration.Ordinal, run.Seed
                        select run).ToList();
            using var curves = new RunCurves(snapshot, "r.sweep_id = $id", sweepId);
            return [.. curves.ReadAll(runs.Select(run => run.Id), metric).Zip(runs, (points, run) => new RunCurve(run.Id, run.ConfigurationId, run.Seed, choose(points)))];
        });
}
