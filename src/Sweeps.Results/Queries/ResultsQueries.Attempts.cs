using Microsoft.EntityFrameworkCore;
using Sweeps.Core.Protocol;
using Sweeps.Core.SweepFiles;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

public sealed partial class ResultsQueries
{
    // Compiled once, because each machine asks for it every second.
    private readonly Func<ResultsContext, string, IEnumerable<OpenAttempt>> openAttempts = EF.CompileQuery((ResultsContext context, string machineId) =>
        from attempt in context.Attempts
        where attempt.MachineId == machineId && attempt.Outcome == null
        join stage in context.Stages on attempt.StageId equals stage.Id
        join sweep in context.Sweeps on stage.SweepId equals sweep.Id
        orderby attempt.Slot
        select new OpenAttempt(sweep.Id, sweep.State, stage.Id, stage.State, attempt.Number, attempt.Slot) { StopsEarly = sweep.StopsEarly });

    /// <summary>Stages that can be claimed, of running sweeps.</summary>
    public Task<IReadOnlyList<ReadyStage>> ReadyStagesAsync() => ReadAsync<IReadOnlyList<ReadyStage>>(context =>
        (from sweep in context.Sweeps
         where sweep.State == SweepState.Running
         join stage in context.Stages on sweep.Id equals stage.SweepId
         where stage.State == StageState.Ready
         select new ReadyStage(stage.Id, sweep.Id, sweep.Priority, stage.LongestPath)).ToList());

    /// <summary>The stages of a sweep that a worker executes; those of a paused or cancelled sweep until it has ended.</summary>
    public Task<IReadOnlyList<RunningStage>> RunningStagesAsync(long sweepId) => ReadAsync<IReadOnlyList<RunningStage>>(context =>
    {
        var metric = context.Sweeps.Where(sweep => sweep.Id == sweepId).Select(sweep => sweep.Metric).Single();
        var running = (from stage in context.Stages
                       where stage.SweepId == sweepId
                       join attempt in context.Attempts on new { StageId = stage.Id, Number = stage.Attempt }
                           equals new { attempt.StageId, attempt.Number }
                       where attempt.Outcome == null
                       orderby attempt.MachineId, attempt.Slot
                       select new { Stage = stage, Attempt = attempt }).ToList();
        return [.. running.Select(row => new RunningStage(row.Stage.Id, row.Attempt.Number, row.Attempt.MachineId, row.Attempt.Slot,
            LabelOf(context, row.Stage.Id), context.RunStages.Count(step => step.StageId == row.Stage.Id),
            row.Stage.Seed, row.Stage.FromStep, row.Stage.StepsDone, row.Stage.ToStep,
            row.Attempt.StartedAt, row.Attempt.ResumedFrom, LastOf(context, row.Stage.Id, metric)))];
    });

    /// <summary>The attempts of a stage, oldest first.</summary>
    public Task<IReadOnlyList<AttemptRecord>> AttemptsAsync(long stageId) => ReadAsync<IReadOnlyList<AttemptRecord>>(context =>
        context.Attempts.Where(attempt => attempt.StageId == stageId).OrderBy(attempt => attempt.Number).ToList());

    /// <summary>One attempt, or null.</summary>
    public Task<AttemptRecord?> AttemptAsync(long stageId, int number) => ReadAsync(context =>
        context.Attempts.SingleOrDefault(attempt => attempt.StageId == stageId && attempt.Number == number));

    /// <summary>Whether an attempt is a stage's newest one and has not ended, or was given up as lost and nothing has begun since.</summary>
    public Task<bool> MayWriteAsync(long stageId, int number) => ReadAsync(context =>
        (from attempt in context.Attempts
         where attempt.StageId == stageId && attempt.Number == number && (attempt.Outcome == null || attempt.Outcome == AttemptOutcome.Lost)
         join stage in context.Stages on attempt.StageId equals stage.Id
         where stage.Attempt == number && (attempt.Outcome == null || stage.State == StageState.Ready)
         select stage).Any());

    /// <summary>The checkpoint that an attempt began with; null when it began with fresh weights or the checkpoint is not kept any more.</summary>
    public Task<CheckpointRecord?> ResumedFromAsync(long stageId, int number) => ReadAsync(context =>
        (from attempt in context.Attempts
         where attempt.StageId == stageId && attempt.Number == number
         join stage in context.Stages on attempt.StageId equals stage.Id
         from checkpoint in context.Checkpoints
         where checkpoint.Step == attempt.ResumedFrom && (checkpoint.StageId == stage.Id || checkpoint.StageId == stage.ParentId)
         orderby checkpoint.StageId == stage.Id descending
         select checkpoint).FirstOrDefault());

    /// <summary>What each attempt of a sweep needs.</summary>
    public Task<ResourceSpec> NeedsOfAsync(long sweepId) => ReadAsync(context => context.Sweeps.Single(sweep => sweep.Id == sweepId).Needs);

    /// <summary>Running sweeps that need something particular and have stages to be claimed.</summary>
    public Task<IReadOnlyList<SweepRecord>> ChoosySweepsAsync() => ReadAsync<IReadOnlyList<SweepRecord>>(context =>
        context.Sweeps.Where(sweep => sweep.State == SweepState.Running && (sweep.Gpus != null || sweep.Cpus != null || sweep.MemoryBytes != null)
            && (sweep.WaitsFor != null || context.Stages.Any(stage => stage.SweepId == sweep.Id && stage.State == StageState.Ready))).ToList());

    /// <summary>What attempts take of a machine that are under way there, or whose worker is still alive.</summary>
    /// <param name="machineId">The machine.</param>
    /// <param name="alive">Attempts whose worker is alive.</param>
    public Task<IReadOnlyList<AttemptRecord>> TakenAsync(string machineId, IReadOnlyCollection<(long StageId, int Number)> alive) => ReadAsync<IReadOnlyList<AttemptRecord>>(context =>
    {
        var taken = context.Attempts.Where(attempt => attempt.MachineId == machineId && attempt.Outcome == null).ToList();
        foreach (var (stage, number) in alive.Except(taken.Select(attempt => (attempt.StageId, attempt.Number))))
            taken.AddRange(context.Attempts.Where(attempt => attempt.StageId == stage && attempt.Number == number && attempt.MachineId == machineId));
        return taken;
    });

    /// <summary>The attempts under way on a machine.</summary>
    public Task<IReadOnlyList<OpenAttempt>> OpenAttemptsAsync(string machineId) => ReadAsync<IReadOnlyList<OpenAttempt>>(context => [.. openAttempts(context, machineId)]);

    /// <summary>Running sweeps whose search may add configurations and that have no stage to be claimed, those of the highest priority first.</summary>
    public Task<IReadOnlyList<long>> IdleSearchesAsync() => ReadAsync<IReadOnlyList<long>>(context =>
        context.Sweeps.Where(sweep => sweep.State == SweepState.Running && sweep.IsSearching
                && !context.Stages.Any(stage => stage.SweepId == sweep.Id && stage.State == StageState.Ready))
            .OrderByDescending(sweep => sweep.Priority).ThenBy(sweep => sweep.Id).Select(sweep => sweep.Id).ToList());

    /// <summary>Attempts under way by sweep; sweeps without any are missing.</summary>
    public Task<IReadOnlyDictionary<long, int>> RunningCountsAsync() => ReadAsync<IReadOnlyDictionary<long, int>>(context =>
        (from attempt in context.Attempts
         where attempt.Outcome == null
         join stage in context.Stages on attempt.StageId equals stage.Id
         group stage by stage.SweepId into sweep
         select new { Id = sweep.Key, Count = sweep.Count() }).ToDictionary(sweep => sweep.Id, sweep => sweep.Count));

    /// <summary>Machines with attempts under way.</summary>
    public Task<IReadOnlyList<string>> BusyMachinesAsync() => ReadAsync<IReadOnlyList<string>>(context =>
        context.Attempts.Where(attempt => attempt.Outcome == null).Select(attempt => attempt.MachineId).Distinct().ToList());

    /// <summary>The machine of a name, or null.</summary>
    public Task<MachineRecord?> MachineAsync(string machineId) => ReadAsync(context => context.Machines.SingleOrDefault(machine => machine.Id == machineId));

    /// <summary>All machines that asked for work and were not forgotten.</summary>
    public Task<IReadOnlyList<MachineRecord>> MachinesAsync() =>
        ReadAsync<IReadOnlyList<MachineRecord>>(context => context.Machines.OrderBy(machine => machine.Id).ToList());

    /// <summary>The newest attempt of each stage that has one, and whether it may still register checkpoints.</summary>
    public Task<IReadOnlyDictionary<long, (int Number, bool MayWrite)>> NewestAttemptsAsync() => ReadAsync<IReadOnlyDictionary<long, (int, bool)>>(context =>
        (from stage in context.Stages
         join attempt in context.Attempts on new { StageId = stage.Id, Number = stage.Attempt } equals new { attempt.StageId, attempt.Number }
         // What a program of the user's keeps is its own affair.
         where context.Sweeps.Any(sweep => sweep.Id == stage.SweepId && sweep.CommandJson == null)
         select new { stage.Id, attempt.Number, attempt.Outcome, stage.State })
            .ToDictionary(row => row.Id, row => (row.Number, row.Outcome is null || (row.Outcome == AttemptOutcome.Lost && row.State == StageState.Ready))));
}
