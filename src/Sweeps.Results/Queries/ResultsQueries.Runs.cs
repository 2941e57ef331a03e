using Microsoft.EntityFrameworkCore;
using Sweeps.Core.Protocol;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

public sealed partial class ResultsQueries
{
    /// <summary>A run with all that is stored of it but its points, or null.</summary>
    public Task<StoredRun?> RunAsync(long runId) => ReadAsync(context =>
    {
        if (context.Runs.SingleOrDefault(run => run.Id == runId) is not { } run) return null;
        var stages = (from step in context.RunStages
                      where step.RunId == runId
                      join stage in context.Stages on step.StageId equals stage.Id
                      orderby step.Position
                      select stage).ToList();
        var ids = stages.Select(stage => stage.Id).ToList();
        var attempts = context.Attempts.Where(attempt => ids.Contains(attempt.StageId)).OrderBy(attempt => attempt.Number).ToLookup(attempt => attempt.StageId);
        var checkpoints = context.Checkpoints.Where(checkpoint => ids.Contains(checkpoint.StageId)).OrderBy(checkpoint => checkpoint.Step).ToLookup(checkpoint => checkpoint.StageId);
        return new StoredRun(run, context.Configurations.Single(configuration => configuration.Id == run.ConfigurationId), context.Sweeps.Single(sweep => sweep.Id == run.SweepId),
            [.. stages.Select(stage => (stage, (IReadOnlyList<AttemptRecord>)[.. attempts[stage.Id]], (IReadOnlyList<CheckpointRecord>)[.. checkpoints[stage.Id]]))],
            MetricsOf(context, runId));
    });

    /// <summary>The stages that the runs of a sweep go through, also those of other sweeps, by id.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="now">Until when the time of attempts under way is counted.</param>
    public Task<IReadOnlyList<SharedStage>> SharedStagesAsync(long sweepId, DateTimeOffset now) => ReadAsync<IReadOnlyList<SharedStage>>(context =>
    {
        var labels = context.Configurations.Where(configuration => configuration.SweepId == sweepId)
            .Select(configuration => new { configuration.Ordinal, configuration.Label }).ToDictionary(one => one.Ordinal, one => one.Label);
        var users = (from run in context.Runs
                     where run.SweepId == sweepId
                     join configuration in context.Configurations on run.ConfigurationId equals configuration.Id
                     join step in context.RunStages on run.Id equals step.RunId
                     select new { step.StageId, configuration.Ordinal, run.Id }).AsEnumerable().GroupBy(row => row.StageId)
            .ToDictionary(stage => stage.Key, stage => (Runs: stage.Select(row => row.Id).Order().ToArray(), Configurations: stage.Select(row => row.Ordinal).Distinct().Order().ToArray()));
        using var command = Command(context,
            """
            SELECT s.id, s.sweep_id, s.parent_id, s.seed, s.from_step, s.to_step, s.steps_done, s.state, s.attempt,
                   (SELECT sum(coalesce(a.ended_at, $now) - a.started_at) / 1000.0 FROM attempts a WHERE a.stage_id = s.id), s.error
            FROM stages s
            WHERE s.id IN (SELECT p.stage_id FROM runs r JOIN run_stages p ON p.run_id = r.id WHERE r.sweep_id = $id)
            ORDER BY s.id
            """, ("id", sweepId), ("now", now.ToUnixTimeMilliseconds()));
        using var reader = command.ExecuteReader();
        var stages = new List<SharedStage>();
        while (reader.Read())
        {
            var (runs, configurations) = users[reader.GetInt64(0)];
            stages.Add(new SharedStage(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.GetInt32(3), reader.GetInt32(4),
                reader.GetInt32(5), reader.GetInt32(6), Enum.Parse<StageState>(reader.GetString(7)), reader.GetInt32(8), reader.IsDBNull(9) ? 0 : reader.GetDouble(9),
                reader.IsDBNull(10) ? null : reader.GetString(10), labels[configurations[0]], configurations, runs));
        }
        return stages;
    });

    /// <summary>Whether a run exists.</summary>
    public Task<bool> HasRunAsync(long runId) => ReadAsync(context => context.Runs.Any(run => run.Id == runId));

    private static IReadOnlyList<MetricSummary> MetricsOf(ResultsContext context, long runId)
    {
        using var command = Command(context,
            """
            SELECT n.name, g.count, g.min, g.max,
                   (SELECT m.last FROM run_stages p JOIN metric_summaries m ON m.stage_id = p.stage_id AND m.metric_id = g.metric_id
                    WHERE p.run_id = $id ORDER BY m.last_step DESC, p.position DESC LIMIT 1), g.last_step
            FROM (SELECT m.metric_id, sum(m.count) AS count, min(m.min) AS min, max(m.max) AS max, max(m.last_step) AS last_step
                  FROM run_stages p JOIN metric_summaries m ON m.stage_id = p.stage_id WHERE p.run_id = $id GROUP BY m.metric_id) g
            JOIN metric_names n ON n.id = g.metric_id
            ORDER BY n.name
            """, ("id", runId));
        using var reader = command.ExecuteReader();
        var metrics = new List<MetricSummary>();
        while (reader.Read())
            metrics.Add(new MetricSummary(reader.GetString(0), reader.GetInt64(1), Real(2), Real(3), Real(4) ?? double.NaN, reader.GetInt64(5)));
        return metrics;

        double? Real(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
    }

    /// <summary>Texts that the models along a run's path wrote, those of its end last.</summary>
    public Task<IReadOnlyList<TextSample>> SamplesAsync(long runId) => ReadAsync<IReadOnlyList<TextSample>>(context =>
    {
        using var command = Command(context,
            """
            SELECT t.number, t.step, t.prompt, t.text, t.expected FROM run_stages p JOIN samples t ON t.stage_id = p.stage_id
            WHERE p.run_id = $id ORDER BY p.position, t.number
            """, ("id", runId));
        using var reader = command.ExecuteReader();
        var samples = new List<TextSample>();
        while (reader.Read())
            samples.Add(new TextSample(reader.GetInt32(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4)));
        return samples;
    });
}
