using Sweeps.Core.Stages;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Planning;

/// <summary>
/// Looks for stages that the runs of a sweep may begin with: complete, trained on a device that the runs would be trained on, from files that
/// are still the same, and with their checkpoint still there. Stages of other sweeps that are under way are not shared.
/// </summary>
public static class EarlierStages
{
    /// <summary>The stages that are of use.</summary>
    /// <param name="queries">The results.</param>
    /// <param name="spec">The sweep that is planned.</param>
    /// <param name="slots">Where its runs may be trained.</param>
    /// <param name="extended">The sweep that is extended, whose own stages count also while they wait or are under way; null for a new sweep.</param>
    public static async Task<StoredStages> FindAsync(ResultsQueries queries, SweepSpec spec, IReadOnlyCollection<Slot> slots, long? extended = null)
    {
        if (!spec.Shares || !await queries.HasKnownStagesAsync()) return StoredStages.None;
        var runs = RunIdentities.ByOrigin(spec);
        slots = [.. slots.Select(slot => slot.For(spec.Resources)).OfType<Slot>()];
        var inputs = new InputHashes();
        return new StoredStages((await queries.StagesOfAsync([.. runs.Keys])).Where(IsSame).Select(stage => new StoredStage(
            stage.Id, stage.SweepId, stage.Parent, stage.FromStep, stage.ToStep, stage.Origin, stage.Identity, CanBegin: IsToCome(stage) || HasCheckpoint(stage))));

        bool IsSame(KnownStage stage)
        {
            var run = runs[stage.Origin];
            return IsToCome(stage) || stage.State == StageState.Completed
                && slots.Any(slot => slot.DeviceFor(run.Device) == stage.Device) && stage.Inputs is not null && stage.Inputs == inputs.Of(run.Inputs);
        }

        bool IsToCome(KnownStage stage) => stage.SweepId == extended && stage.State is (StageState.Waiting or StageState.Ready or StageState.Running);
    }

    private static bool HasCheckpoint(KnownStage stage) => stage.Checkpoint is { } path && new FileInfo(path) is { Exists: true } file && file.Length == stage.Bytes;
}
