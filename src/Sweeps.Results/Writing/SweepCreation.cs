using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Stores a new sweep.</summary>
internal static class SweepCreation
{
    public static long Create(WriteSession session, NewSweep plan)
    {
        var context = session.Context;
        var sweep = new SweepRecord
        {
            Name = plan.Name, Description = plan.Description, FileText = plan.FileText, FileHash = ResultsStore.Hash(plan.FileText),
            Program = plan.Program, CommandJson = CommandText.Write(plan.Command), Metric = plan.Metric, Goal = plan.Goal, Target = plan.Target, Priority = plan.Priority,
            UserRetries = plan.UserRetries, MemoryRetries = plan.MemoryRetries, MachineRetries = plan.MachineRetries,
            State = SweepState.Running, CreatedAt = session.Now,
        };
        context.Sweeps.Add(sweep);
        context.SaveChanges();

        var configurations = plan.Configurations.Select((configuration, ordinal) => new ConfigurationRecord
        {
            SweepId = sweep.Id, Ordinal = ordinal, Label = configuration.Label, IsBaseline = configuration.IsBaseline,
            ParametersJson = ParameterText.Write(configuration.Parameters),
        }).ToList();
        context.Configurations.AddRange(configurations);

        var ends = new int[plan.Stages.Count];
        foreach (var run in plan.Runs)
            foreach (var index in run.Path)
                ends[index] = Math.Max(ends[index], plan.Stages[run.Path[^1]].ToStep);
        var stages = plan.Stages.Select((stage, index) => new StageRecord
        {
            SweepId = sweep.Id, Seed = stage.Seed, ParametersJson = ParameterText.Write(stage.Parameters),
            FromStep = stage.FromStep, ToStep = stage.ToStep, LongestPath = ends[index] - stage.FromStep, StepsDone = stage.FromStep,
            State = stage.Parent is null ? StageState.Ready : StageState.Waiting,
        }).ToList();
        context.Stages.AddRange(stages);
        context.SaveChanges();

        for (var i = 0; i < stages.Count; i++)
            if (plan.Stages[i].Parent is { } parent)
                stages[i].ParentId = stages[parent].Id;
        var runs = plan.Runs.Select(run => new RunRecord
        {
            SweepId = sweep.Id, ConfigurationId = configurations[run.Configuration].Id, Seed = run.Seed,
            Steps = plan.Stages[run.Path[^1]].ToStep, State = RunState.Waiting,
        }).ToList();
        context.Runs.AddRange(runs);
        context.SaveChanges();

        for (var i = 0; i < runs.Count; i++)
            context.RunStages.AddRange(plan.Runs[i].Path.Select((index, position) =>
                new RunStageRecord { RunId = runs[i].Id, Position = position, StageId = stages[index].Id }));
        session.AddEvent(sweep.Id, "sweep.created",
            $"{plan.Name}: {configurations.Count} configurations, {runs.Count} runs, {stages.Count} stages.");
        return sweep.Id;
    }
}
