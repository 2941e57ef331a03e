using Microsoft.EntityFrameworkCore;
using Sweeps.Core;
using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Stores new sweeps, and what is added to them later.</summary>
internal static class SweepCreation
{
    public static long Create(WriteSession session, NewSweep plan)
    {
        var sweep = new SweepRecord
        {
            Name = plan.Name, Description = plan.Description, FileText = plan.FileText, FileHash = ResultsStore.Hash(plan.FileText),
            Program = plan.Program, CommandJson = CommandText.Write(plan.Command), Metric = plan.Metric, Goal = plan.Goal, Target = plan.Target, Priority = plan.Priority,
            UserRetries = plan.UserRetries, MemoryRetries = plan.MemoryRetries, MachineRetries = plan.MachineRetries,
            IsSearching = plan.IsSearching, Sharing = plan.Sharing, StopsEarly = plan.StopsEarly, NightlyJob = plan.NightlyJob, Gpus = plan.Needs.Gpus, Cpus = plan.Needs.Cpus, MemoryBytes = plan.Needs.MemoryBytes, TimeSeconds = plan.Needs.Time?.TotalSeconds, State = SweepState.Running, CreatedAt = session.Now,
            CodeVersion = ProductVersion.Of(typeof(SweepCreation).Assembly),
        };
        session.Context.Sweeps.Add(sweep);
        session.Context.SaveChanges();
        Add(session, sweep, plan.Growth);
        session.AddEvent(sweep.Id, "sweep.created", $"{plan.Name}: {Counts(plan.Growth)}.");
        // Stages that others trained may be all that its runs need.
        if (plan.Growth.Stages.Count == 0) StageTransitions.Grown(session, sweep);
        return sweep.Id;
    }

    public static void Grow(WriteSession session, SweepRecord sweep, SweepGrowth growth)
    {
        if (sweep.State == SweepState.Cancelled)
            throw new ResultsException(ResultsFailure.Refused, $"Sweep {sweep.Id} was cancelled: nothing can be added to it; submit its file again.");
        Add(session, sweep, growth);
        // Stages that others trained may be all that the new runs need.
        StageTransitions.Grown(session, sweep);
        session.AddEvent(sweep.Id, "sweep.extended", growth.Reason ?? $"Added to {sweep.Name}: {Counts(growth)}.");
    }

    private static void Add(WriteSession session, SweepRecord sweep, SweepGrowth growth)
    {
        var sweeps = session.Sweeps;
        var (first, before) = (sweeps.TakeIds("configurations", growth.Configurations.Count), sweeps.Configurations(sweep.Id));
        foreach (var (index, configuration) in growth.Configurations.Index())
            sweeps.Add(new ConfigurationRecord
            {
                Id = first + index, SweepId = sweep.Id, Ordinal = before + index, Label = configuration.Label,
                IsBaseline = configuration.IsBaseline, ParametersJson = ParameterText.Write(configuration.Parameters),
            });
        AddRuns(session, sweep, growth.Stages, growth.Runs, place => place < before ? sweeps.ConfigurationId(sweep.Id, place) : first + place - before);
    }

    /// <summary>
    /// Stores stages and runs, row by row: they need not be in memory all at once. A run that is there already goes on to its new end, by its
    /// new way.
    /// </summary>
    /// <param name="session">The transaction.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="newStages">The stages; each comes after its parent.</param>
    /// <param name="newRuns">The runs.</param>
    /// <param name="configurationId">Id of the configuration that a run names by its place.</param>
    public static void AddRuns(
        WriteSession session, SweepRecord sweep, IReadOnlyList<NewStage> newStages, IReadOnlyList<NewRun> newRuns, Func<int, long> configurationId)
    {
        var sweeps = session.Sweeps;
        var (firstStage, nextRun) = (sweeps.TakeIds("stages", newStages.Count), sweeps.TakeIds("runs", newRuns.Count));
        var ends = new int[newStages.Count];
        foreach (var run in newRuns)
            foreach (var index in run.Path)
                ends[index] = Math.Max(ends[index], newStages[run.Path[^1]].ToStep);
        var stored = StoredStages(session.Context, newStages, newRuns);
        foreach (var (index, stage) in newStages.Index())
            sweeps.Add(new StageRecord
            {
                Id = firstStage + index, SweepId = sweep.Id, ParentId = stage.StoredParent ?? firstStage + stage.Parent, Seed = stage.Seed,
                ParametersJson = ParameterText.Write(stage.Parameters), FromStep = stage.FromStep, ToStep = stage.ToStep,
                LongestPath = ends[index] - stage.FromStep, StepsDone = stage.FromStep, Origin = stage.Origin, Identity = stage.Identity,
                State = stage.Parent is null && (stage.StoredParent is null || stored[stage.StoredParent.Value].State == StageState.Completed)
                    ? StageState.Ready : StageState.Waiting,
            });

        foreach (var run in newRuns)
        {
            var configuration = configurationId(run.Configuration);
            var known = sweeps.RunId(configuration, run.Seed);
            var record = new RunRecord
            {
                Id = known ?? nextRun++, SweepId = sweep.Id, ConfigurationId = configuration, Seed = run.Seed, State = StateOf(run, stored),
                Steps = run.Path.Count > 0 ? newStages[run.Path[^1]].ToStep : stored[run.StoredPath[^1]].ToStep,
            };
            if (known is null) sweeps.Add(record);
            else sweeps.Redirect(record);
            var position = 0;
            foreach (var stage in run.StoredPath) sweeps.Add(new RunStageRecord { RunId = record.Id, Position = position++, StageId = stage });
            foreach (var stage in run.Path) sweeps.Add(new RunStageRecord { RunId = record.Id, Position = position++, StageId = firstStage + stage });
        }
        if (stored.Count > 0) sweeps.CountReused(sweep.Id);
    }

    private static RunState StateOf(NewRun run, Dictionary<long, StageRecord> stored) =>
        run.StoredPath.Count == 0 ? RunState.Waiting
        : run.Path.Count == 0 && stored[run.StoredPath[^1]].State == StageState.Completed ? RunState.Completed
        : stored[run.StoredPath[0]].State is StageState.Ready or StageState.Waiting ? RunState.Waiting : RunState.Running;

    private static Dictionary<long, StageRecord> StoredStages(ResultsContext context, IReadOnlyList<NewStage> newStages, IReadOnlyList<NewRun> newRuns)
    {
        long[] ids = [.. newStages.Select(stage => stage.StoredParent).OfType<long>().Concat(newRuns.SelectMany(run => run.StoredPath)).Distinct()];
        if (ids.Length == 0) return [];
        var stored = context.Stages.AsNoTracking().Where(stage => ids.Contains(stage.Id)).ToDictionary(stage => stage.Id);
        var withCheckpoint = context.Checkpoints.Where(checkpoint => ids.Contains(checkpoint.StageId)).Select(checkpoint => new { checkpoint.StageId, checkpoint.Step })
            .AsEnumerable().Select(checkpoint => (checkpoint.StageId, checkpoint.Step)).ToHashSet();
        foreach (var id in newStages.Select(stage => stage.StoredParent).OfType<long>().Concat(newRuns.Where(run => run.Path.Count == 0).Select(run => run.StoredPath[^1])))
        {
            var isUsable = stored.TryGetValue(id, out var stage) && stage.State switch
            {
                StageState.Completed => withCheckpoint.Contains((id, stage.ToStep)),
                StageState.Failed or StageState.Cancelled => false,
                _ => true,
            };
            if (!isUsable) throw new ResultsException(ResultsFailure.Outdated, $"Stage {id} is not there to go on from any more.");
        }
        return stored;
    }

    private static string Counts(SweepGrowth growth) =>
        $"{growth.Configurations.Count} configurations, {growth.Runs.Count} runs, {growth.Stages.Count} stages";
}
