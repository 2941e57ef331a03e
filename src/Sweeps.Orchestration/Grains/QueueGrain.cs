using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Queue;
using Sweeps.Results;
using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Grains;

/// <inheritdoc cref="IQueueGrain"/>
/// <remarks>
/// The list is a cache of the database: it is read anew whenever it has less than a machine asks for, so that no stage is overlooked
/// whatever crashed between writing it and saying so.
/// </remarks>
public sealed class QueueGrain(ResultsStore store) : Grain, IQueueGrain
{
    private readonly List<ReadyStage> ready = [];

    /// <inheritdoc/>
    public async Task Refresh()
    {
        var stages = await store.Queries.ReadyStagesAsync();
        ready.Clear();
        ready.AddRange(stages);
    }

    /// <inheritdoc/>
    public Task Withdraw(long sweepId)
    {
        ready.RemoveAll(stage => stage.SweepId == sweepId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<StageOrder[]> Claim(string machineId, int[] freeSlots)
    {
        if (freeSlots.Length == 0) return [];
        if (ready.Count < freeSlots.Length) await Refresh();
        if (ready.Count == 0) return [];
        var orders = new List<StageOrder>();
        var running = new Dictionary<long, int>(await store.Queries.RunningCountsAsync());
        foreach (var slot in freeSlots)
        {
            if (await ClaimAsync(machineId, slot, running) is not { } order) break;
            orders.Add(order);
        }
        return [.. orders];
    }

    private async Task<StageOrder?> ClaimAsync(string machineId, int slot, Dictionary<long, int> running)
    {
        while (StageQueue.First(ready, running) is { } stage)
        {
            ready.Remove(stage);
            var token = AttemptToken.Create();
            // Null: the stage was claimed or its sweep stopped since the list was read.
            if (await store.BeginAttemptAsync(new AttemptClaim(stage.StageId, machineId, slot, AttemptToken.Hash(token))) is not { } start) continue;
            running[stage.SweepId] = running.GetValueOrDefault(stage.SweepId) + 1;
            return new StageOrder(start.StageId, start.Number, slot, start.SweepName, start.Program, start.ParametersJson, start.Seed,
                start.FromStep, start.ToStep, start.ResumeFrom, token, start.Command is { } command ? new CommandOrder(start.SweepId, command.RunId, command.Json) : null);
        }
        return null;
    }
}
