using Microsoft.Data.Sqlite;
using Sweeps.Core.Protocol;

namespace Sweeps.Results.Writing;

/// <summary>
/// Prepared statements for metric points on EF's connection and in its transaction; a tracked entity for each point would be some
/// ten times slower. SQLite has no NaN: it is stored as NULL and read back as NaN.
/// </summary>
internal sealed class MetricStatements : IDisposable
{
    private readonly SqliteCommand addName;
    private readonly SqliteCommand findName;
    private readonly SqliteCommand addPoint;
    private readonly SqliteCommand addToSummary;
    private readonly SqliteCommand progress;
    private readonly SqliteCommand voidPoints;
    private readonly SqliteCommand voidSummaries;
    private readonly SqliteCommand rebuildSummaries;
    private readonly SqliteCommand secondsOf;
    private readonly SqliteCommand resume;
    private readonly SqliteCommand restart;
    private readonly SqliteCommand state;
    private readonly SqliteCommand[] all;

    public MetricStatements(SqliteConnection connection)
    {
        addName = Command("INSERT INTO metric_names (name) VALUES ($name) ON CONFLICT DO NOTHING", "$name");
        findName = Command("SELECT id FROM metric_names WHERE name = $name", "$name");
        addPoint = Command(
            """
            INSERT INTO metric_points (stage_id, metric_id, step, value, tokens, seconds)
            VALUES ($stage, $metric, $step, $value, $tokens, $seconds) ON CONFLICT DO NOTHING
            """, "$stage", "$metric", "$step", "$value", "$tokens", "$seconds");
        addToSummary = Command(
            """
            INSERT INTO metric_summaries (stage_id, metric_id, count, min, max, last, last_step)
            VALUES ($stage, $metric, $count, $min, $max, $last, $last_step)
            ON CONFLICT DO UPDATE SET
                count = count + excluded.count,
                min = CASE WHEN min IS NULL OR excluded.min < min THEN excluded.min ELSE min END,
                max = CASE WHEN max IS NULL OR excluded.max > max THEN excluded.max ELSE max END,
                last = CASE WHEN excluded.last_step > last_step THEN excluded.last ELSE last END,
                last_step = max(last_step, excluded.last_step)
            """, "$stage", "$metric", "$count", "$min", "$max", "$last", "$last_step");
        progress = Command("UPDATE stages SET steps_done = max(steps_done, $step) WHERE id = $stage", "$stage", "$step");
        voidPoints = Command("DELETE FROM metric_points WHERE stage_id = $stage AND step > $step", "$stage", "$step");
        voidSummaries = Command("DELETE FROM metric_summaries WHERE stage_id = $stage", "$stage");
        rebuildSummaries = Command(
            """
            INSERT INTO metric_summaries (stage_id, metric_id, count, min, max, last, last_step)
            SELECT g.stage_id, g.metric_id, g.count, g.min, g.max, p.value, g.last_step
            FROM (SELECT stage_id, metric_id, count(*) AS count, min(value) AS min, max(value) AS max, max(step) AS last_step
                  FROM metric_points WHERE stage_id = $stage GROUP BY metric_id) g
            JOIN metric_points p ON p.stage_id = g.stage_id AND p.metric_id = g.metric_id AND p.step = g.last_step
            """, "$stage");
        secondsOf = Command("SELECT coalesce(max(seconds), 0.0) FROM metric_points WHERE stage_id = $stage", "$stage");
        resume = Command("UPDATE attempts SET first_step = $step, seconds_before = $seconds WHERE stage_id = $stage AND number = $number", "$step", "$seconds", "$stage", "$number");
        restart = Command("UPDATE stages SET steps_done = $step WHERE id = $stage", "$step", "$stage");
        state = Command(
            """
            SELECT stages.attempt, sweeps.state, stages.state, attempts.outcome, sweeps.command_json IS NOT NULL, attempts.first_step, attempts.seconds_before
            FROM stages JOIN sweeps ON sweeps.id = stages.sweep_id
            LEFT JOIN attempts ON attempts.stage_id = stages.id AND attempts.number = $number
            WHERE stages.id = $stage
            """, "$stage", "$number");
        all = [addName, findName, addPoint, addToSummary, progress, voidPoints, voidSummaries, rebuildSummaries, secondsOf, resume, restart, state];

        SqliteCommand Command(string sql, params string[] parameters)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
            return command;
        }
    }

    /// <summary>Makes the statements part of a transaction.</summary>
    public void Enlist(SqliteTransaction transaction)
    {
        foreach (var command in all) command.Transaction = transaction;
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
                Set(addPoint, stageId, metricId, point.Step, Real(point.Value), point.Tokens, Real(point.Seconds));
                furthest = Math.Max(furthest, point.Step);
                if (addPoint.ExecuteNonQuery() == 0) continue;
                count++;
                if (double.IsNaN(min) || point.Value < min) min = point.Value;
                if (double.IsNaN(max) || point.Value > max) max = point.Value;
                if (point.Step > lastStep) (last, lastStep) = (point.Value, point.Step);
            }
            if (count == 0) continue;
            Set(addToSummary, stageId, metricId, count, Real(min), Real(max), Real(last), lastStep);
            addToSummary.ExecuteNonQuery();
        }
        Set(progress, stageId, furthest);
        progress.ExecuteNonQuery();
    }

    /// <summary>Removes the points of a stage after a step.</summary>
    public void VoidAfter(long stageId, long step)
    {
        Set(voidPoints, stageId, step);
        if (voidPoints.ExecuteNonQuery() == 0) return;
        Set(voidSummaries, stageId);
        voidSummaries.ExecuteNonQuery();
        Set(rebuildSummaries, stageId);
        rebuildSummaries.ExecuteNonQuery();
    }

    /// <summary>A command goes on at a step: the points of earlier attempts from there on become void.</summary>
    /// <returns>Training seconds of those before.</returns>
    public double Resume(long stageId, int attempt, long step)
    {
        VoidAfter(stageId, step - 1);
        Set(secondsOf, stageId);
        var seconds = (double)secondsOf.ExecuteScalar()!;
        Set(resume, step, seconds, stageId, attempt);
        resume.ExecuteNonQuery();
        Set(restart, step, stageId);
        restart.ExecuteNonQuery();
        return seconds;
    }

    /// <summary>What decides whether an attempt may write, or null when there is no such attempt.</summary>
    public (int Newest, string SweepState, string StageState, string? Outcome, CommandProgress? Command)? Standing(long stageId, int attempt)
    {
        Set(state, stageId, attempt);
        using var reader = state.ExecuteReader();
        if (!reader.Read()) return null;
        var command = !reader.GetBoolean(4) || reader.IsDBNull(6) ? null : new CommandProgress(reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.GetDouble(6));
        return (reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), command);
    }

    public void Dispose()
    {
        foreach (var command in all) command.Dispose();
    }

    private long IdOf(string name)
    {
        Set(addName, name);
        addName.ExecuteNonQuery();
        Set(findName, name);
        return (long)findName.ExecuteScalar()!;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
    }

    private static object Real(double value) => double.IsNaN(value) ? DBNull.Value : value;
}
