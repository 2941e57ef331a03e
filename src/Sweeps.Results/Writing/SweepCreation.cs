using Microsoft.EntityFrameworkCore;
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
            Program = plan.Program, Metric = plan.Metric, Target = plan.Target, Priority = plan.Priority,
            UserRetries = plan.UserRetries, MemoryRetries = plan.MemoryRetries, MachineRetries = plan.MachineRetries,
            State = SweepState.Running, CreatedAt = session.Now,
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
        session.AddEvent(sweep.Id, "sweep.extended", $"Added to {sweep.Name}: {Counts(growth)}.");
    }

    private static void Add(WriteSession session, SweepRecord sweep, SweepGrowth growth)
    {
        var context = session.Context;
        var configurations = context.Configurations.Where(configuration => configuration.SweepId == sweep.Id)
            .OrderBy(configuration => configuration.Ordinal).Select(configuration => configuration.Id).ToList();
        var added = growth.Configurations.Select((configuration, index) => new ConfigurationRecord
        {
            SweepId = sweep.Id, Ordinal = configurations.Count + index, Label = configuration.Label, IsBaseline = configuration.IsBaseline,
            ParametersJson = ParameterText.Write(configuration.Parameters),
        }).ToList();
        context.Configurations.AddRange(added);
        context.SaveChanges();
        configurations.AddRange(added.Select(configuration => configuration.Id));
        AddRuns(session, sweep, growth.Stages, growth.Runs, configurations);
    }

    /// <summary>Stores stages and runs; a run that is there already goes on to its new end, by its new way.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="newStages">The stages; each comes after its parent.</param>
    /// <param name="newRuns">The runs.</param>
    /// <param name="configurations">Ids of the configurations that the runs name by their place.</param>
    public static void AddRuns(
        WriteSession session, SweepRecord sweep, IReadOnlyList<NewStage> newStages, IReadOnlyList<NewRun> newRuns, IReadOnlyList<long> configurations)
    {
        var context = session.Context;
        var ends = new int[newStages.Count];
        foreach (var run in newRuns)
            foreach (var index in run.Path)
                ends[index] = Math.Max(ends[index], newStages[run.Path[^1]].ToStep);
        var stored = StoredStages(context, newStages, newRuns);
        var stages = newStages.Select((stage, index) => new StageRecord
        {
            SweepId = sweep.Id, ParentId = stage.StoredParent, Seed = stage.Seed, ParametersJson = ParameterText.Write(stage.Parameters),
            FromStep = stage.FromStep, ToStep = stage.ToStep, LongestPath = ends[index] - stage.FromStep, StepsDone = stage.FromStep,
            Origin = stage.Origin, Identity = stage.Identity,
            State = stage.Parent is null && (stage.StoredParent is null || stored[stage.StoredParent.Value].State == StageState.Completed)
                ? StageState.Ready : StageState.Waiting,
        }).ToList();
        context.Stages.AddRange(stages);
        context.SaveChanges();

        for (var i = 0; i < stages.Count; i++)
            if (newStages[i].Parent is { } parent)
                stages[i].ParentId = stages[parent].Id;
        var places = newRuns.Select(run => configurations[run.Configuration]).Distinct().ToList();
        var known = context.Runs.Any(run => run.SweepId == sweep.Id)
            ? context.Runs.Where(run => places.Contains(run.ConfigurationId)).ToDictionary(run => (run.ConfigurationId, run.Seed)) : [];
        var runs = newRuns.Select(run =>
        {
            StageRecord[] path = [.. run.StoredPath.Select(id => stored[id]), .. run.Path.Select(index => stages[index])];
            var configuration = configurations[run.Configuration];
            if (known.TryGetValue((configuration, run.Seed), out var record))
                context.RunStages.RemoveRange(context.RunStages.Where(step => step.RunId == record.Id));
            else
                context.Runs.Add(record = new RunRecord { SweepId = sweep.Id, ConfigurationId = configuration, Seed = run.Seed });
            (record.Steps, record.State, record.Error) = (path[^1].ToStep, StateOf(path), null);
            return (Path: path, Record: record);
        }).ToList();
        context.SaveChanges();

        foreach (var (path, run) in runs)
            context.RunStages.AddRange(path.Select((stage, position) => new RunStageRecord { RunId = run.Id, Position = position, StageId = stage.Id }));
        if (stored.Count == 0) return;
        context.SaveChanges();
        CountReused(context, sweep.Id);
    }

    /// <summary>Finds anew how many steps the runs of a sweep have from others; their paths are in the database.</summary>
    public static void CountReused(ResultsContext context, long sweepId)
    {
        var sweep = context.Sweeps.Find(sweepId)!;
        sweep.ReusedSteps = context.Database.SqlQuery<long>(
            $"""
            SELECT coalesce(sum(s.to_step - s.from_step), 0) AS Value FROM stages s WHERE s.sweep_id <> {sweepId} AND s.id IN (
                SELECT p.stage_id FROM runs r JOIN run_stages p ON p.run_id = r.id WHERE r.sweep_id = {sweepId})
            """).Single();
    }

    private static RunState StateOf(IReadOnlyList<StageRecord> path) =>
        path[^1].State == StageState.Completed ? RunState.Completed : path[0].State is StageState.Ready or StageState.Waiting ? RunState.Waiting : RunState.Running;

    private static Dictionary<long, StageRecord> StoredStages(ResultsContext context, IReadOnlyList<NewStage> newStages, IReadOnlyList<NewRun> newRuns)
    {
        long[] ids = [.. newStages.Select(stage => stage.StoredParent).OfType<long>().Concat(newRuns.SelectMany(run => run.StoredPath)).Distinct()];
        if (ids.Length == 0) return [];
        var stored = context.Stages.Where(stage => ids.Contains(stage.Id)).ToDictionary(stage => stage.Id);
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
