using Sweeps.Core.Protocol;
using Sweeps.Results.Points;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Writing;

/// <summary>Prepared statements for metric points and texts. SQLite has no NaN: in summaries it is stored as NULL and read back as NaN.</summary>
internal sealed class MetricStatements
{
    private readonly StagePoints stagePoints;
    private readonly PreparedStatement addName;
    private readonly PreparedStatement findName;
    private readonly PreparedStatement chunksAround;
    private readonly PreparedStatement chunksAfter;
    private readonly PreparedStatement metricsOf;
    private readonly PreparedStatement addChunk;
    private readonly PreparedStatement changeChunk;
    private readonly PreparedStatement removeChunk;
    private readonly PreparedStatement addToSummary;
    private readonly PreparedStatement removeSummary;
    private readonly PreparedStatement addSample;
    private readonly PreparedStatement removeSamples;
    private readonly PreparedStatement progress;
    private readonly PreparedStatement resume;
    private readonly PreparedStatement restart;

    public MetricStatements(PreparedStatements statements)
    {
        stagePoints = new StagePoints(statements);
        addName = statements.Prepare("INSERT INTO metric_names (name) VALUES ($name)");
        findName = statements.Prepare("SELECT id FROM metric_names WHERE name = $name");
        // Those among whose points some between two steps belong, the last one before them included.
        chunksAround = statements.Prepare(
            """
            SELECT id, last_step, data FROM metric_chunks WHERE stage_id = $stage AND metric_id = $metric AND first_step <= $last AND first_step >= coalesce(
                (SELECT max(first_step) FROM metric_chunks WHERE stage_id = $stage AND metric_id = $metric AND first_step <= $first), $first)
            ORDER BY first_step
            """);
        chunksAfter = statements.Prepare("SELECT id, metric_id, data FROM metric_chunks WHERE stage_id = $stage AND last_step > $step ORDER BY metric_id, first_step");
        metricsOf = statements.Prepare("SELECT DISTINCT metric_id FROM metric_chunks WHERE stage_id = $stage");
        addChunk = statements.Prepare(
            """
            INSERT INTO metric_chunks (stage_id, metric_id, first_step, last_step, count, data)
            VALUES ($stage, $metric, $first, $last, $count, $data)
            """);
        changeChunk = statements.Prepare("UPDATE metric_chunks SET first_step = $first, last_step = $last, count = $count, data = $data WHERE id = $id");
        removeChunk = statements.Prepare("DELETE FROM metric_chunks WHERE id = $id");
        addToSummary = statements.Prepare(
            """
            INSERT INTO metric_summaries AS s (stage_id, metric_id, count, min, max, last, last_step)
            VALUES ($stage, $metric, $count, $min, $max, $last, $last_step)
            ON CONFLICT (stage_id, metric_id) DO UPDATE SET
                count = s.count + excluded.count,
                min = CASE WHEN s.min IS NULL OR excluded.min < s.min THEN excluded.min ELSE s.min END,
                max = CASE WHEN s.max IS NULL OR excluded.max > s.max THEN excluded.max ELSE s.max END,
                last = CASE WHEN excluded.last_step > s.last_step THEN excluded.last ELSE s.last END,
                last_step = CASE WHEN excluded.last_step > s.last_step THEN excluded.last_step ELSE s.last_step END
            """);
        addSample = statements.Prepare(
            """
            INSERT INTO samples (stage_id, number, step, prompt, text, expected) VALUES ($stage, $number, $step, $prompt, $text, $expected)
            ON CONFLICT (stage_id, number) DO UPDATE SET step = excluded.step, prompt = excluded.prompt, text = excluded.text, expected = excluded.expected
            """);
        removeSamples = statements.Prepare("DELETE FROM samples WHERE stage_id = $stage AND step > $step");
        progress = statements.Prepare("UPDATE stages SET steps_done = CASE WHEN steps_done < $step THEN $step ELSE steps_done END WHERE id = $stage");
        removeSummary = statements.Prepare("DELETE FROM metric_summaries WHERE stage_id = $stage AND metric_id = $metric");
        resume = statements.Prepare("UPDATE attempts SET first_step = $step, seconds_before = $seconds WHERE stage_id = $stage AND number = $number");
        restart = statements.Prepare("UPDATE stages SET steps_done = $step WHERE id = $stage");
    }

    /// <summary>Stores points that are not stored yet and brings the summaries up to date.</summary>
    public void Add(long stageId, IReadOnlyList<MetricPoint> points)
    {
        long furthest = 0;
        foreach (var metric in points.GroupBy(point => point.Metric, StringComparer.Ordinal))
        {
            var metricId = IdOf(metric.Key);
            // The first value of a step counts; a sort that keeps the order of equals.
            var batch = metric.OrderBy(point => point.Step).DistinctBy(point => point.Step)
                .Select(point => new CurvePoint(point.Step, point.Value, point.Tokens, point.Seconds)).ToList();
            furthest = Math.Max(furthest, batch[^1].Step);
            if (Merge(stageId, metricId, batch) is { Count: > 0 } added) AddToSummary(stageId, metricId, added);
        }
        progress.Execute(furthest, stageId);
    }

    /// <summary>Stores a text in the place of what has its number.</summary>
    public void Add(long stageId, TextSample sample) => addSample.Execute(stageId, sample.Number, sample.Step, sample.Prompt, sample.Text, sample.Expected);

    /// <summary>Removes the points and texts of a stage after a step.</summary>
    public void VoidAfter(long stageId, long step)
    {
        removeSamples.Execute(stageId, step);
        var changed = new Dictionary<long, List<Chunk>>();
        using (var reader = chunksAfter.Read(stageId, step))
        {
            while (reader.Read())
            {
                var metricId = reader.GetInt64(1);
                if (!changed.TryGetValue(metricId, out var chunks)) changed[metricId] = chunks = [];
                chunks.Add(Chunk.Of(reader.GetInt64(0), reader.GetFieldValue<byte[]>(2)));
            }
        }
        foreach (var (metricId, chunks) in changed)
        {
            Replace(stageId, metricId, chunks, [.. chunks.SelectMany(chunk => chunk.Points).Where(point => point.Step <= step)]);
            Summarise(stageId, metricId);
        }
    }

    /// <summary>Makes a summary anew from the points.</summary>
    public void Summarise(long stageId, long metricId)
    {
        removeSummary.Execute(stageId, metricId);
        if (Read(stageId, metricId) is { Count: > 0 } points) AddToSummary(stageId, metricId, points);
    }

    /// <summary>A command goes on at a step: the points of earlier attempts from there on become void.</summary>
    /// <returns>Training seconds of those before.</returns>
    public double Resume(long stageId, int attempt, long step)
    {
        VoidAfter(stageId, step - 1);
        var metrics = new List<long>();
        using (var reader = metricsOf.Read(stageId))
            while (reader.Read()) metrics.Add(reader.GetInt64(0));
        var seconds = metrics.SelectMany(metric => Read(stageId, metric)).Select(point => point.Seconds).DefaultIfEmpty(0).Max();
        resume.Execute(step, seconds, stageId, attempt);
        restart.Execute(step, stageId);
        return seconds;
    }

    /// <summary>Stores those points, given by step, that are not stored yet.</summary>
    /// <returns>Those that it stored.</returns>
    private List<CurvePoint> Merge(long stageId, long metricId, List<CurvePoint> batch)
    {
        var chunks = new List<Chunk>();
        using (var reader = chunksAround.Read(stageId, metricId, batch[^1].Step, batch[0].Step))
        {
            while (reader.Read())
            {
                var data = reader.GetFieldValue<byte[]>(2);
                // The one before is left alone when it is full.
                if (reader.GetInt64(1) >= batch[0].Step || PointChunk.HasRoom(data.Length)) chunks.Add(Chunk.Of(reader.GetInt64(0), data));
            }
        }
        var merged = chunks.SelectMany(chunk => chunk.Points).ToList();
        if (merged.Count > 0 && merged[^1].Step >= batch[0].Step)
        {
            var stored = merged.Select(point => point.Step).ToHashSet();
            batch.RemoveAll(point => stored.Contains(point.Step));
            if (batch.Count == 0) return batch;
            merged = [.. merged.Concat(batch).OrderBy(point => point.Step)];
        }
        else
        {
            merged.AddRange(batch);
        }
        Replace(stageId, metricId, chunks, merged);
        return batch;
    }

    /// <summary>Writes points in the place of the chunks that held some of them, both by step.</summary>
    private void Replace(long stageId, long metricId, List<Chunk> chunks, List<CurvePoint> points)
    {
        // The first keeps its row, which is nearly always the only one: a chunk grows where it is.
        foreach (var chunk in points.Count > 0 ? chunks.Skip(1) : chunks) removeChunk.Execute(chunk.Id);
        var place = chunks.Count > 0 ? chunks[0].Id : (long?)null;
        foreach (var (first, last, count, data) in PointChunk.WriteAll(points))
        {
            if (place is { } id) changeChunk.Execute(first.Step, last.Step, count, data, id);
            else addChunk.Execute(stageId, metricId, first.Step, last.Step, count, data);
            place = null;
        }
    }

    private List<CurvePoint> Read(long stageId, long metricId)
    {
        var points = new List<CurvePoint>();
        stagePoints.Read(stageId, metricId, points);
        return points;
    }

    private void AddToSummary(long stageId, long metricId, List<CurvePoint> added)
    {
        var summary = PointSummary.Of(added);
        addToSummary.Execute(stageId, metricId, summary.Count, Real(summary.Min), Real(summary.Max), Real(summary.Last), summary.LastStep);
    }

    private long IdOf(string name)
    {
        if (findName.Number(name) is { } id) return id;
        addName.Execute(name);
        return findName.Number(name)!.Value;
    }

    private static double? Real(double value) => double.IsNaN(value) ? null : value;

    private readonly record struct Chunk(long Id, List<CurvePoint> Points)
    {
        public static Chunk Of(long id, byte[] data)
        {
            var points = new List<CurvePoint>();
            PointChunk.Read(data, points);
            return new Chunk(id, points);
        }
    }
}
