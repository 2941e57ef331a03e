using Sweeps.Results.Plans;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>Stores sweeps that were trained elsewhere.</summary>
internal static class SweepImporting
{
    public static long Import(WriteSession session, NewSweep plan, IReadOnlyList<MeasuredRun> measured)
    {
        var id = SweepCreation.Create(session, plan);
        session.Flush();
        var context = session.Context;
        var stages = context.Stages.Where(stage => stage.SweepId == id).OrderBy(stage => stage.Id).ToList();
        var runs = context.Runs.Where(run => run.SweepId == id).OrderBy(run => run.Id).ToList();
        foreach (var ((stage, run), known) in stages.Zip(runs).Zip(measured))
        {
            var steps = checked((int)known.Points.Max(point => point.Step));
            (stage.State, stage.ToStep, stage.StepsDone, stage.Error) = (known.Error is null ? StageState.Completed : StageState.Failed, steps, steps, known.Error);
            (run.State, run.Steps, run.Error) = (known.Error is null ? RunState.Completed : RunState.Failed, steps, known.Error);
        }
        var sweep = context.Sweeps.Find(id)!;
        sweep.State = measured.Any(run => run.Error is null) ? SweepState.Completed : SweepState.Failed;
        sweep.FinishedAt = session.Now;
        session.AddEvent(id, "sweep.imported", $"{sweep.Name} was imported: {runs.Count} runs.");
        session.Flush();
        foreach (var (stage, known) in stages.Zip(measured)) session.Metrics.Add(stage.Id, known.Points);
        return id;
    }
}
