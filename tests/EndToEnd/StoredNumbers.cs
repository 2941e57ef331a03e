using System.Globalization;
using Microsoft.Data.Sqlite;
using Sweeps.Results.Queries;

namespace Sweeps.EndToEnd;

/// <summary>What a sweep has left in a database.</summary>
internal static class StoredNumbers
{
    /// <summary>Everything that must be the same, as text: all but times, and the values of metrics that measure the machine.</summary>
    public static IReadOnlyList<string> Of(string database)
    {
        const string OfTheMachine = "'tokens_per_second', 'model_tflops', 'mfu', 'peak_memory_mib'";
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        return
        [
            .. Rows("SELECT 'sweep', name, state, is_stopping, metric, verdict FROM sweeps"),
            .. Rows("SELECT 'configuration', id, ordinal, label, is_baseline, parameters_json FROM configurations ORDER BY id"),
            .. Rows("SELECT 'stage', id, parent_id, seed, parameters_json, from_step, to_step, state, steps_done, error FROM stages ORDER BY id"),
            .. Rows("SELECT 'run', id, configuration_id, seed, steps, state, error FROM runs ORDER BY id"),
            .. Rows("SELECT 'path', run_id, position, stage_id FROM run_stages ORDER BY run_id, position"),
            .. Points(),
            .. Rows($"SELECT 'summary', stage_id, name, count, min, max, last, last_step FROM metric_summaries JOIN metric_names ON id = metric_id WHERE name NOT IN ({OfTheMachine}) ORDER BY stage_id, name"),
            .. Rows("SELECT 'checkpoint', stage_id, step FROM checkpoints ORDER BY stage_id, step"),
        ];

        string[] Points() => Task.Run(async () =>
        {
            var queries = await ResultsQueries.OpenAsync(database);
            var points = new List<string>();
            foreach (var stage in await queries.StagesAsync(1))
                points.AddRange((await queries.PointsAsync(stage.Id)).Select(point => string.Create(CultureInfo.InvariantCulture,
                    $"point {stage.Id} {point.Metric} {point.Step} {(OfTheMachine.Contains($"'{point.Metric}'", StringComparison.Ordinal) ? "-" : point.Value.ToString("R", CultureInfo.InvariantCulture))} {point.Tokens}")));
            Assert.NotEmpty(points);
            return points.ToArray();
        }).GetAwaiter().GetResult();

        List<string> Rows(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
                rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is double value ? value.ToString("R", CultureInfo.InvariantCulture) : reader.GetValue(i))));
            Assert.NotEmpty(rows);
            return rows;
        }
    }
}
