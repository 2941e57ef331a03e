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

    // Row by row: what is stored need not be in memory all at once.
    private static void Add(WriteSession session, SweepRecord sweep, SweepGrowth growth)
    {
        var sweeps = session.Sweeps;
        var (firstConfiguration, firstStage, firstRun) = (sweeps.NextId("configurations"), sweeps.NextId("stages"), sweeps.NextId("runs"));
        var before = sweeps.Configurations(sweep.Id);
        foreach (var (index, configuration) in growth.Configurations.Index())
            sweeps.Add(new ConfigurationRecord
            {
                Id = firstConfiguration + index, SweepId = sweep.Id, Ordinal = before + index, Label = configuration.Label,
                IsBaseline = configuration.IsBaseline, ParametersJson = ParameterText.Write(configuration.Parameters),
            });

        var ends = new int[growth.Stages.Count];
        foreach (var run in growth.Runs)
            foreach (var index in run.Path)
                ends[index] = Math.Max(ends[index], growth.Stages[run.Path[^1]].ToStep);
        var stored = StoredStages(session.Context, growth);
        foreach (var (index, stage) in growth.Stages.Index())
            sweeps.Add(new StageRecord
            {
                Id = firstStage + index, SweepId = sweep.Id, ParentId = stage.StoredParent ?? firstStage + stage.Parent, Seed = stage.Seed,
                ParametersJson = ParameterText.Write(stage.Parameters), FromStep = stage.FromStep, ToStep = stage.ToStep,
                LongestPath = ends[index] - stage.FromStep, StepsDone = stage.FromStep,
                State = stage.Parent is null && (stage.StoredParent is null || stored[stage.StoredParent.Value].State == StageState.Completed)
                    ? StageState.Ready : StageState.Waiting,
            });

        foreach (var (index, run) in growth.Runs.Index())
        {
            var id = firstRun + index;
            sweeps.Add(new RunRecord
            {
                Id = id, SweepId = sweep.Id, Seed = run.Seed, State = StateOf(run, stored),
                ConfigurationId = run.Configuration < before ? sweeps.ConfigurationId(sweep.Id, run.Configuration) : firstConfiguration + run.Configuration - before,
                Steps = run.Path.Count > 0 ? growth.Stages[run.Path[^1]].ToStep : stored[run.StoredPath[^1]].ToStep,
            });
            var position = 0;
            foreach (var stage in run.StoredPath) sweeps.Add(new RunStageRecord { RunId = id, Position = position++, StageId = stage });
            foreach (var stage in run.Path) sweeps.Add(new RunStageRecord { RunId = id, Position = position++, StageId = firstStage + stage });
        }
    }

    private static RunState StateOf(NewRun run, Dictionary<long, StageRecord> stored) =>
        run.StoredPath.Count == 0 ? RunState.Waiting
        : run.Path.Count == 0 && stored[run.StoredPath[^1]].State == StageState.Completed ? RunState.Completed
        : stored[run.StoredPath[0]].State is StageState.Ready or StageState.Waiting ? RunState.Waiting : RunState.Running;

    private static Dictionary<long, StageRecord> StoredStages(ResultsContext context, SweepGrowth growth)
    {
        long[] ids = [.. growth.Stages.Select(stage => stage.StoredParent).OfType<long>().Concat(growth.Runs.SelectMany(run => run.StoredPath)).Distinct()];
        return ids.Length == 0 ? [] : context.Stages.Where(stage => ids.Contains(stage.Id)).ToDictionary(stage => stage.Id);
    }

    private static string Counts(SweepGrowth growth) =>
        $"{growth.Configurations.Count} configurations, {growth.Runs.Count} runs, {growth.Stages.Count} stages";
}
