using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>
/// What becomes of stages that were to begin with a checkpoint of another sweep which is gone: their own sweep trains the stage before them
/// again, as a stage of its own. The other sweep may have ended, and keeps what it has.
/// </summary>
internal static class StageCopies
{
    /// <summary>Lets a stage, and those of its sweep in the same situation, wait for a copy of the stage before it, and so on to one that can begin.</summary>
    /// <returns>False when the stage before it is none of another sweep; then nothing changes.</returns>
    public static bool Replace(WriteSession session, StageRecord stage)
    {
        var context = session.Context;
        context.SaveChanges();
        var parent = context.Stages.Find(stage.ParentId)!;
        if (parent.SweepId == stage.SweepId) return false;
        var copy = new StageRecord
        {
            SweepId = stage.SweepId, ParentId = parent.ParentId, Seed = parent.Seed, ParametersJson = parent.ParametersJson,
            FromStep = parent.FromStep, ToStep = parent.ToStep, StepsDone = parent.FromStep, LongestPath = stage.LongestPath + parent.ToStep - parent.FromStep,
            Origin = parent.Origin, Identity = parent.Identity, State = StageState.Ready,
        };
        context.Stages.Add(copy);
        context.SaveChanges();
        var waiting = context.Stages.Where(one => one.SweepId == stage.SweepId && one.ParentId == parent.Id
            && (one.State == StageState.Ready || one.State == StageState.Waiting)
            && !context.Checkpoints.Any(own => own.StageId == one.Id)).ToList();
        foreach (var one in waiting)
        {
            one.ParentId = copy.Id;
            one.State = StageState.Waiting;
            one.StepsDone = one.FromStep;
            context.Database.ExecuteSql(
                $"UPDATE run_stages SET stage_id = {copy.Id} WHERE stage_id = {parent.Id} AND run_id IN (SELECT run_id FROM run_stages WHERE stage_id = {one.Id})");
        }
        context.SaveChanges();
        session.Sweeps.CountReused(stage.SweepId);
        session.AddEvent(stage.SweepId, "stage.again",
            $"Stage {parent.Id} of sweep {parent.SweepId} is trained again as stage {copy.Id}, because the checkpoint at its end is gone.");
        if (!DamagedCheckpoints.CanBegin(context, copy)) Replace(session, copy);
        return true;
    }
}
