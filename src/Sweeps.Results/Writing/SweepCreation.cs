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
            Program = plan.Program, Metric = plan.Metric, Target = plan.Target, Priority = plan.Priority,
            UserRetries = plan.UserRetries, MemoryRetries = plan.MemoryRetries, MachineRetries = plan.MachineRetries,
            State = SweepState.Running, CreatedAt = session.Now,
        };
        context.Sweeps.Add(sweep);
        context.SaveChanges();

        // Row by row: what is stored need not be in memory all at once.
        var (firstConfiguration, firstStage, firstRun) = (session.Sweeps.NextId("configurations"), session.Sweeps.NextId("stages"), session.Sweeps.NextId("runs"));
        for (var i = 0; i < plan.Configurations.Count; i++)
        {
            var configuration = plan.Configurations[i];
            session.Sweeps.Add(new ConfigurationRecord
            {
                Id = firstConfiguration + i, SweepId = sweep.Id, Ordinal = i, Label = configuration.Label, IsBaseline = configuration.IsBaseline,
                ParametersJson = ParameterText.Write(configuration.Parameters),
            });
        }
        var ends = Ends(plan);
        for (var i = 0; i < plan.Stages.Count; i++)
        {
            var stage = plan.Stages[i];
            session.Sweeps.Add(new StageRecord
            {
                Id = firstStage + i, SweepId = sweep.Id, ParentId = firstStage + stage.Parent, Seed = stage.Seed,
                ParametersJson = ParameterText.Write(stage.Parameters), FromStep = stage.FromStep, ToStep = stage.ToStep,
                LongestPath = ends[i] - stage.FromStep, State = stage.Parent is null ? StageState.Ready : StageState.Waiting,
            });
        }
        for (var i = 0; i < plan.Runs.Count; i++)
        {
            var run = plan.Runs[i];
            session.Sweeps.Add(new RunRecord
            {
                Id = firstRun + i, SweepId = sweep.Id, ConfigurationId = firstConfiguration + run.Configuration, Seed = run.Seed,
                Steps = plan.Stages[run.Path[^1]].ToStep,
            });
            for (var position = 0; position < run.Path.Count; position++)
                session.Sweeps.Add(new RunStageRecord { RunId = firstRun + i, Position = position, StageId = firstStage + run.Path[position] });
        }
        session.AddEvent(sweep.Id, "sweep.created",
            $"{plan.Name}: {plan.Configurations.Count} configurations, {plan.Runs.Count} runs, {plan.Stages.Count} stages.");
        return sweep.Id;
    }

    /// <summary>For each stage the last step of the longest run that needs it.</summary>
    private static int[] Ends(NewSweep plan)
    {
        var ends = new int[plan.Stages.Count];
        foreach (var run in plan.Runs)
            foreach (var index in run.Path)
                ends[index] = Math.Max(ends[index], plan.Stages[run.Path[^1]].ToStep);
        return ends;
    }
}
