using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

public sealed partial class ResultsQueries
{
    private const char Escape = '\\';

    /// <summary>A part of the list of sweeps.</summary>
    /// <param name="selection">Which part.</param>
    /// <param name="now">Until when the time of attempts under way is counted.</param>
    /// <returns>How many sweeps are selected, and those of the part.</returns>
    public Task<(int Total, IReadOnlyList<SweepListing> Sweeps)> SweepsAsync(SweepSelection selection, DateTimeOffset now) => ReadAsync(context =>
    {
        var selected = context.Sweeps.AsQueryable();
        if (selection.States is [_, ..] states) selected = selected.Where(sweep => states.Contains(sweep.State));
        if (!string.IsNullOrEmpty(selection.Search))
        {
            // Without regard to case, in the letters in which both databases know it.
            var pattern = $"%{Lower(selection.Search).Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";
            selected = selected.Where(sweep => EF.Functions.Like(sweep.Name.ToLower(), pattern, Escape.ToString()) || EF.Functions.Like(sweep.Description!.ToLower(), pattern, Escape.ToString()));
        }
        var sorted = selection.Sort switch
        {
            SweepSort.Created => By(sweep => sweep.Id),
            SweepSort.Finished => By(sweep => sweep.FinishedAt ?? DateTimeOffset.MaxValue),
            SweepSort.Name => By(sweep => sweep.Name),
            SweepSort.State => By(sweep => sweep.State),
            SweepSort.Priority => By(sweep => sweep.Priority),
            _ => throw new ArgumentOutOfRangeException(nameof(selection), selection.Sort, null),
        };
        var page = sorted.ThenByDescending(sweep => sweep.Id).Skip(selection.Offset).Take(selection.Limit);
        return (selected.Count(), Listed(context, page, now));

        IOrderedQueryable<SweepRecord> By<T>(Expression<Func<SweepRecord, T>> key) => selection.IsDescending ? selected.OrderByDescending(key) : selected.OrderBy(key);
    });

    /// <summary>One sweep as it is listed, or null.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="now">Until when the time of attempts under way is counted.</param>
    public Task<SweepListing?> ListedSweepAsync(long sweepId, DateTimeOffset now) =>
        ReadAsync(context => Listed(context, context.Sweeps.Where(sweep => sweep.Id == sweepId), now).SingleOrDefault());

    private IReadOnlyList<SweepListing> Listed(ResultsContext context, IQueryable<SweepRecord> page, DateTimeOffset now)
    {
        // The file and the summary of a large sweep are megabytes that no list shows.
        var sweeps = page.Select(sweep => new SweepRecord
        {
            Id = sweep.Id, Name = sweep.Name, Description = sweep.Description, FileText = "", FileHash = sweep.FileHash, Program = sweep.Program,
            CommandJson = sweep.CommandJson, Metric = sweep.Metric, Goal = sweep.Goal, Target = sweep.Target, Priority = sweep.Priority,
            UserRetries = sweep.UserRetries, MemoryRetries = sweep.MemoryRetries, MachineRetries = sweep.MachineRetries, IsSearching = sweep.IsSearching,
            StopsEarly = sweep.StopsEarly, ReusedSteps = sweep.ReusedSteps, State = sweep.State, IsStopping = sweep.IsStopping, CreatedAt = sweep.CreatedAt,
            FinishedAt = sweep.FinishedAt, Verdict = sweep.Verdict, WaitsFor = sweep.WaitsFor,
        }).ToList();
        using var command = Command(context,
            $"""
            WITH page AS (SELECT value AS id FROM {database.Numbers("$ids")} ids)
            SELECT w.id, (SELECT count(*) FROM configurations c WHERE c.sweep_id = w.id), r.n, r.completed, r.failed, r.pruned, r.running, r.steps,
                   g.done, g.planned, a.open, a.seconds,
                   {database.BestConfiguration}
            FROM sweeps w
            LEFT JOIN (SELECT sweep_id, count(*) AS n, count(*) FILTER (WHERE state = 'Completed') AS completed, count(*) FILTER (WHERE state = 'Failed') AS failed,
                              count(*) FILTER (WHERE state = 'Pruned') AS pruned, count(*) FILTER (WHERE state = 'Running') AS running, sum(steps) AS steps
                       FROM runs WHERE sweep_id IN (SELECT id FROM page) GROUP BY sweep_id) r ON r.sweep_id = w.id
            LEFT JOIN (SELECT sweep_id, sum(CASE WHEN attempt > 0 THEN steps_done - from_step ELSE 0 END) AS done,
                              sum(CASE WHEN state <> 'Cancelled' THEN to_step - from_step WHEN attempt > 0 THEN steps_done - from_step ELSE 0 END) AS planned
                       FROM stages WHERE sweep_id IN (SELECT id FROM page) GROUP BY sweep_id) g ON g.sweep_id = w.id
            LEFT JOIN (SELECT s.sweep_id, count(*) FILTER (WHERE t.outcome IS NULL) AS open, sum(coalesce(t.ended_at, $now) - t.started_at) / 1000.0 AS seconds
                       FROM stages s JOIN attempts t ON t.stage_id = s.id WHERE s.sweep_id IN (SELECT id FROM page) GROUP BY s.sweep_id) a ON a.sweep_id = w.id
            WHERE w.id IN (SELECT id FROM page)
            """, ("ids", JsonSerializer.Serialize(sweeps.Select(sweep => sweep.Id))), ("now", now.ToUnixTimeMilliseconds()));
        using var reader = command.ExecuteReader();
        var found = new Dictionary<long, Func<SweepRecord, SweepListing>>();
        while (reader.Read())
        {
            var counts = Enumerable.Range(1, 10).Select(column => reader.IsDBNull(column) ? 0 : reader.GetInt64(column)).ToArray();
            var seconds = reader.IsDBNull(11) ? 0 : reader.GetDouble(11);
            var best = reader.IsDBNull(12) ? null : BestOf(reader.GetString(12));
            found[reader.GetInt64(0)] = sweep => new SweepListing(
                new SweepOverview(sweep, (int)counts[0], (int)counts[1], (int)counts[2], (int)counts[3], (int)counts[4], counts[7], counts[8], counts[6]),
                (int)counts[5], (int)counts[9], seconds, best);
        }
        return [.. sweeps.Where(sweep => found.ContainsKey(sweep.Id)).Select(sweep => found[sweep.Id](sweep))];
    }

    private static string Lower(string text) => string.Concat(text.Select(letter => char.IsAsciiLetterUpper(letter) ? char.ToLowerInvariant(letter) : letter));

    private static BestConfiguration BestOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var row = document.RootElement;
        return new(row[0].GetInt32(), row[1].GetString()!, row[2].GetDouble(), row[3].GetInt32());
    }
}
