using Sweeps.Core.Protocol;

namespace Sweeps.Results.Writing;

/// <summary>Prepared statements for metric points. SQLite has no NaN: it is stored as NULL and read back as NaN.</summary>
internal sealed class MetricStatements
{
    private readonly PreparedStatement addName;
    private readonly PreparedStatement findName;
    private readonly PreparedStatement addPoint;
    private readonly PreparedStatement addToSummary;
    private readonly PreparedStatement progress;
    private readonly PreparedStatement voidPoints;
    private readonly PreparedStatement voidSummaries;
    private readonly PreparedStatement rebuildSummaries;

    public MetricStatements(PreparedStatements statements)
    {
        addName = statements.Prepare("INSERT INTO metric_names (name) VALUES ($name) ON CONFLICT DO NOTHING");
        findName = statements.Prepare("SELECT id FROM metric_names WHERE name = $name");
        addPoint = statements.Prepare(
            """
            INSERT INTO metric_points (stage_id, metric_id, step, value, tokens, seconds)
            VALUES ($stage, $metric, $step, $value, $tokens, $seconds) ON CONFLICT DO NOTHING
            """);
        addToSummary = statements.Prepare(
            """
            INSERT INTO metric_summaries (stage_id, metric_id, count, min, max, last, last_step)
            VALUES ($stage, $metric, $count, $min, $max, $last, $last_step)
            ON CONFLICT DO UPDATE SET
                count = count + excluded.count,
                min = CASE WHEN min IS NULL OR excluded.min < min THEN excluded.min ELSE min END,
                max = CASE WHEN max IS NULL OR excluded.max > max THEN excluded.max ELSE max END,
                last = CASE WHEN excluded.last_step > last_step THEN excluded.last ELSE last END,
                last_step = max(last_step, excluded.last_step)
            """);
        progress = statements.Prepare("UPDATE stages SET steps_done = max(steps_done, $step) WHERE id = $stage");
        voidPoints = statements.Prepare("DELETE FROM metric_points WHERE stage_id = $stage AND step > $step");
        voidSummaries = statements.Prepare("DELETE FROM metric_summaries WHERE stage_id = $stage");
        rebuildSummaries = statements.Prepare(
            """
            INSERT INTO metric_summaries (stage_id, metric_id, count, min, max, last, last_step)
            SELECT g.stage_id, g.metric_id, g.count, g.min, g.max, p.value, g.last_step
            FROM (SELECT stage_id, metric_id, count(*) AS count, min(value) AS min, max(value) AS max, max(step) AS last_step
                  FROM metric_points WHERE stage_id = $stage GROUP BY metric_id) g
            JOIN metric_points p ON p.stage_id = g.stage_id AND p.metric_id = g.metric_id AND p.step = g.last_step
            """);
    }

    /// <summary>Stores points that are not stored yet and brings the summaries up to date.</summary>
    public void Add(long stageId, IReadOnlyList<MetricPoint> points)
    {
        long furthest = 0;
        foreach (var metric in points.GroupBy(point => point.Metric, StringComparer.Ordinal))
        {
            var metricId = IdOf(metric.Key);
            var (count, min, max, last, lastStep) = (0L, double.NaN, double.NaN, double.NaN, -1L);
            foreach (var point in metric)
            {
                furthest = Math.Max(furthest, point.Step);
                if (addPoint.Execute(stageId, metricId, point.Step, Real(point.Value), point.Tokens, Real(point.Seconds)) == 0) continue;
                count++;
                if (double.IsNaN(min) || point.Value < min) min = point.Value;
                if (double.IsNaN(max) || point.Value > max) max = point.Value;
                if (point.Step > lastStep) (last, lastStep) = (point.Value, point.Step);
            }
            if (count == 0) continue;
            addToSummary.Execute(stageId, metricId, count, Real(min), Real(max), Real(last), lastStep);
        }
        progress.Execute(furthest, stageId);
    }

    /// <summary>Removes the points of a stage after a step.</summary>
    public void VoidAfter(long stageId, long step)
    {
        if (voidPoints.Execute(stageId, step) == 0) return;
        voidSummaries.Execute(stageId);
        rebuildSummaries.Execute(stageId);
    }

    private long IdOf(string name)
    {
        addName.Execute(name);
        return findName.Number(name)!.Value;
    }

    private static double? Real(double value) => double.IsNaN(value) ? null : value;
}
