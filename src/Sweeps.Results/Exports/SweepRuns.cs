using System.Data.Common;
using Sweeps.Results.Databases;
using Sweeps.Results.Records;

namespace Sweeps.Results.Exports;

/// <summary>What all exports go through: the runs of a sweep in their order, and the metrics that they have.</summary>
internal static class SweepRuns
{
    /// <summary>By configuration and seed.</summary>
    public static IReadOnlyList<RunRecord> Of(ResultsContext context, long sweepId) =>
        [.. from run in context.Runs
            where run.SweepId == sweepId
            join configuration in context.Configurations on run.ConfigurationId equals configuration.Id
            orderby configuration.Ordinal, run.Seed
            select run];

    /// <summary>By name.</summary>
    public static IReadOnlyList<string> Metrics(DbTransaction snapshot, long sweepId)
    {
        using var command = snapshot.Connection!.CommandOf(
            """
            SELECT DISTINCT n.name FROM runs r JOIN run_stages p ON p.run_id = r.id JOIN metric_summaries m ON m.stage_id = p.stage_id
            JOIN metric_names n ON n.id = m.metric_id WHERE r.sweep_id = $id ORDER BY n.name
            """, ("id", sweepId));
        command.Transaction = snapshot;
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }
}
