using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

public sealed partial class ResultsQueries
{
    /// <summary>A text that changes whenever the results of a sweep may have: its last event and the number of its points.</summary>
    public Task<string> VersionAsync(long sweepId) => ReadAsync(context => context.Database.SqlQuery<string>(
        $"""
        SELECT coalesce((SELECT max(id) FROM events WHERE sweep_id = {sweepId}), 0) || '-' || coalesce(sum(m.count), 0) || '-' || coalesce(max(m.last_step), 0) AS "Value"
        FROM stages s JOIN metric_summaries m ON m.stage_id = s.id WHERE s.sweep_id = {sweepId}
        """).Single());

    /// <summary>Ids of the oldest and the newest event; 0 and 0 without any.</summary>
    public Task<(long Oldest, long Newest)> EventRangeAsync() => ReadAsync(context =>
        (context.Events.Min(happened => (long?)happened.Id) ?? 0, context.Events.Max(happened => (long?)happened.Id) ?? 0));

    /// <summary>The runs of a sweep and their states.</summary>
    public Task<IReadOnlyDictionary<long, RunState>> RunStatesAsync(long sweepId) => ReadAsync<IReadOnlyDictionary<long, RunState>>(context =>
        context.Runs.Where(run => run.SweepId == sweepId).ToDictionary(run => run.Id, run => run.State));

    /// <summary>The sweep of a stage and the runs that go through it, of any sweep; null for a stage that does not exist.</summary>
    public Task<(long SweepId, IReadOnlyList<StageRun> Runs)?> RunsThroughAsync(long stageId) => ReadAsync<(long, IReadOnlyList<StageRun>)?>(context =>
        context.Stages.SingleOrDefault(stage => stage.Id == stageId) is not { } stage ? null : (stage.SweepId,
            (from step in context.RunStages
             where step.StageId == stageId
             join run in context.Runs on step.RunId equals run.Id
             orderby run.Id
             select new StageRun(run.SweepId, run.Id)).ToList()));

    /// <summary>The attempts under way on all machines.</summary>
    public Task<IReadOnlyList<SlotWork>> SlotWorkAsync() => ReadAsync<IReadOnlyList<SlotWork>>(context =>
    {
        var open = (from attempt in context.Attempts
                    where attempt.Outcome == null
                    join stage in context.Stages on attempt.StageId equals stage.Id
                    join sweep in context.Sweeps on stage.SweepId equals sweep.Id
                    orderby attempt.MachineId, attempt.Slot
                    select new { Attempt = attempt, Stage = stage, sweep.Name }).ToList();
        return [.. open.Select(row => new SlotWork(row.Attempt.MachineId, row.Attempt.Slot, row.Stage.SweepId, row.Name, row.Stage.Id, row.Attempt.Number,
            LabelOf(context, row.Stage.Id), row.Stage.Seed, row.Stage.FromStep, row.Stage.StepsDone, row.Stage.ToStep, row.Attempt.StartedAt)
        {
            Slots = row.Attempt.Slots, Share = row.Attempt.Share,
        })];
    });

    /// <summary>How many of everything there are; never looks at the points themselves.</summary>
    public Task<ResultsCounts> CountsAsync() => ReadAsync(context => new ResultsCounts(
        context.Sweeps.GroupBy(sweep => sweep.State).Select(group => new { group.Key, Count = group.Count() }).ToDictionary(group => group.Key, group => group.Count),
        context.Runs.GroupBy(run => run.State).Select(group => new { group.Key, Count = group.Count() }).ToDictionary(group => group.Key, group => group.Count),
        context.Stages.GroupBy(stage => stage.State).Select(group => new { group.Key, Count = group.Count() }).ToDictionary(group => group.Key, group => group.Count),
        context.Attempts.Where(attempt => attempt.Outcome != null).GroupBy(attempt => attempt.Outcome!.Value).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionary(group => group.Key, group => group.Count),
        context.Database.SqlQuery<long>($"SELECT CAST(coalesce(sum(count), 0) AS bigint) AS \"Value\" FROM metric_summaries").Single()));
}
