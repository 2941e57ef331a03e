using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>What a change of a stage's state means for the stages after it, the runs that need it and the sweep.</summary>
internal static class StageTransitions
{
    /// <summary>The stage is complete: the stages after it are ready, runs that end with it are complete.</summary>
    public static void Completed(WriteSession session, AttemptedStage stage)
    {
        var sweeps = session.Attempts.Complete(stage);
        CheckpointRetention.Completed(session, stage);
        // Its own too: a sweep that has ended goes on for a stage that others need and that must be trained again.
        foreach (var sweep in sweeps.Append(stage.SweepId).Distinct()) EndSweepIfDone(session, sweep);
    }

    /// <summary>The stage has failed for good: so have the runs that need it; the stages after it are needed by nobody.</summary>
    public static void Failed(WriteSession session, long sweepId, long stageId, string? error)
    {
        var context = session.Context;
        var stage = context.Stages.Find(stageId)!;
        stage.State = StageState.Failed;
        stage.Error = error;
        var level = new List<long> { stageId };
        while (level.Count > 0)
        {
            var children = context.Stages.Where(child => child.ParentId != null && level.Contains(child.ParentId.Value)).ToList();
            // One that is trained again may have children that are complete.
            foreach (var child in children.Where(child => child.State != StageState.Completed)) child.State = StageState.Cancelled;
            level = [.. children.Select(child => child.Id)];
        }
        foreach (var run in RunsOf(context, stageId).Where(run => IsOpen(run.State)))
        {
            run.State = RunState.Failed;
            run.Error = error;
        }
        EndSweepIfDone(session, sweepId);
    }

    /// <summary>No run of the sweep begins any more: those that have not are cancelled, and so are the stages that no other run needs.</summary>
    public static void Stopping(WriteSession session, SweepRecord sweep)
    {
        var context = session.Context;
        sweep.IsStopping = true;
        sweep.IsSearching = false;
        foreach (var run in context.Runs.Where(run => run.SweepId == sweep.Id && run.State == RunState.Waiting).ToList())
            run.State = RunState.Cancelled;
        context.SaveChanges();
        var unneeded = context.Stages.Where(stage => stage.SweepId == sweep.Id && (stage.State == StageState.Waiting || stage.State == StageState.Ready)
            && !context.RunStages.Any(step => step.StageId == stage.Id
                && context.Runs.Any(run => run.Id == step.RunId && (run.State == RunState.Waiting || run.State == RunState.Running))));
        foreach (var stage in unneeded.ToList()) stage.State = StageState.Cancelled;
        EndSweepIfDone(session, sweep.Id);
    }

    /// <summary>Ends the sweep's open runs and stages by request.</summary>
    public static void Cancelled(WriteSession session, SweepRecord sweep)
    {
        var context = session.Context;
        foreach (var run in context.Runs.Where(run => run.SweepId == sweep.Id
            && (run.State == RunState.Waiting || run.State == RunState.Running)).ToList())
            run.State = RunState.Cancelled;
        foreach (var stage in context.Stages.Where(stage => stage.SweepId == sweep.Id
            && (stage.State == StageState.Waiting || stage.State == StageState.Ready || stage.State == StageState.Running)).ToList())
            stage.State = StageState.Cancelled;
        sweep.State = SweepState.Cancelled;
        sweep.FinishedAt = session.Now;
    }

    /// <summary>
    /// Configurations of the sweep, by their ordinals, are not worth training further: their open runs end, and so do the stages that no other
    /// open run needs.
    /// </summary>
    public static void Pruned(WriteSession session, SweepRecord sweep, IReadOnlyCollection<int> ordinals)
    {
        var context = session.Context;
        var configurations = context.Configurations.Where(configuration => configuration.SweepId == sweep.Id && ordinals.Contains(configuration.Ordinal)).ToList();
        foreach (var configuration in configurations)
        {
            var runs = context.Runs.Where(run => run.ConfigurationId == configuration.Id && (run.State == RunState.Waiting || run.State == RunState.Running)).ToList();
            if (runs.Count == 0) continue;
            foreach (var run in runs) run.State = RunState.Pruned;
            session.AddEvent(sweep.Id, "configuration.pruned", $"{configuration.Label} was stopped early, with {(runs.Count == 1 ? "one run" : $"{runs.Count} runs")} before the end.");
        }
        context.SaveChanges();
        var ids = configurations.Select(configuration => configuration.Id).ToList();
        var unneeded = from stage in context.Stages
                       where stage.State == StageState.Waiting || stage.State == StageState.Ready || stage.State == StageState.Running
                       where (from step in context.RunStages
                              where step.StageId == stage.Id
                              join run in context.Runs on step.RunId equals run.Id
                              where ids.Contains(run.ConfigurationId)
                              select run).Any()
                       where !(from step in context.RunStages
                               where step.StageId == stage.Id
                               join run in context.Runs on step.RunId equals run.Id
                               where run.State == RunState.Waiting || run.State == RunState.Running
                               select run).Any()
                       where stage.SweepId == sweep.Id
                       select stage;
        foreach (var stage in unneeded.ToList()) stage.State = StageState.Cancelled;
        EndSweepIfDone(session, sweep.Id);
    }

    /// <summary>The search of the sweep adds no more configurations: the sweep ends with the runs it has.</summary>
    public static void SearchEnded(WriteSession session, SweepRecord sweep)
    {
        sweep.IsSearching = false;
        EndSweepIfDone(session, sweep.Id);
    }

    /// <summary>Runs were added to a sweep: one that had ended goes on, unless all of them are complete already.</summary>
    public static void Grown(WriteSession session, SweepRecord sweep)
    {
        if (sweep.HasEnded) Reopen(sweep);
        EndSweepIfDone(session, sweep.Id);
    }

    /// <summary>A sweep that had ended goes on and is judged anew at its end.</summary>
    public static void Reopen(SweepRecord sweep)
    {
        sweep.State = SweepState.Running;
        sweep.FinishedAt = null;
        sweep.SummaryJson = null;
        sweep.IsStopping = false;
    }

    private static void EndSweepIfDone(WriteSession session, long sweepId)
    {
        var context = session.Context;
        context.SaveChanges();
        if (session.Attempts.HasOpenRun(sweepId)) return;
        var sweep = context.Sweeps.Single(sweep => sweep.Id == sweepId);
        if (sweep.HasEnded || sweep.IsSearching) return;
        sweep.State = Has(RunState.Completed) || Has(RunState.Pruned) ? SweepState.Completed : Has(RunState.Failed) ? SweepState.Failed : SweepState.Cancelled;
        sweep.FinishedAt = session.Now;
        session.AddEvent(sweepId, $"sweep.{sweep.State.ToString().ToLowerInvariant()}", $"Every run of {sweep.Name} has ended.");

        bool Has(RunState state) => context.Runs.Any(run => run.SweepId == sweepId && run.State == state);
    }

    /// <summary>The runs that need a stage.</summary>
    public static List<RunRecord> RunsOf(ResultsContext context, long stageId) =>
        [.. from step in context.RunStages where step.StageId == stageId join run in context.Runs on step.RunId equals run.Id select run];

    private static bool IsOpen(RunState state) => state is RunState.Waiting or RunState.Running;
}
