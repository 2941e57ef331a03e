using Orleans.Concurrency;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Queue;
using Sweeps.Results;
using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Grains;

/// <inheritdoc cref="IQueueGrain"/>
/// <remarks>
/// The queue is a cache of the database: it is read anew whenever it has less than a machine asks for, so that no stage is overlooked
/// whatever crashed between writing it and saying so; a stage in it that is not ready any more costs one refused claim. Calls interleave,
/// so that the claims of many machines are committed together; none takes a stage while the queue is read.
/// </remarks>
[Reentrant]
public sealed class QueueGrain(ResultsStore store) : Grain, IQueueGrain
{
    private readonly StageQueue queue = new();

    // Stages that were taken and whose attempts are being written, with their sweeps.
    private readonly Dictionary<long, long> beginning = [];
    private Task reading = Task.CompletedTask;

    // Whether a stage was refused: then stages may be ready that nobody offered, such as a copy of the one that it was to begin with.
    private bool isBehind;

    /// <inheritdoc/>
    public Task Offer(StageOffer[] stages)
    {
        foreach (var offer in stages) queue.Add(offer.Stage);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Refresh() => reading = ReadAsync(reading);

    /// <inheritdoc/>
    public async Task Withdraw(long sweepId)
    {
        await WaitForReadAsync();
        queue.Remove(sweepId);
    }

    /// <inheritdoc/>
    public async Task<StageOrder[]> Claim(string machineId, int[] freeSlots)
    {
        if (freeSlots.Length == 0) return [];
        // What is written while the queue is read is offered by who writes it: one who has waited for that does not read again.
        if (!await WaitForReadAsync() && (isBehind || queue.Count < freeSlots.Length))
        {
            isBehind = false;
            await Refresh();
        }
        if (queue.Count == 0) return [];
        var running = new Dictionary<long, int>();
        if (queue.IsShared)
        {
            running = new(await store.Queries.RunningCountsAsync());
            foreach (var sweep in beginning.Values) running[sweep] = running.GetValueOrDefault(sweep) + 1;
        }
        var orders = await Task.WhenAll(freeSlots.Select(slot => ClaimAsync(machineId, slot, running)));
        return [.. orders.OfType<StageOrder>()];
    }

    private async Task<StageOrder?> ClaimAsync(string machineId, int slot, Dictionary<long, int> running)
    {
        while (true)
        {
            await WaitForReadAsync();
            if (queue.Take(running) is not { } stage) return null;
            running[stage.SweepId] = running.GetValueOrDefault(stage.SweepId) + 1;
            beginning.Add(stage.StageId, stage.SweepId);
            try
            {
                var token = AttemptToken.Create();
                // Null: the stage was claimed, its sweep stopped or what it begins with lost since it was added.
                if (await store.BeginAttemptAsync(new AttemptClaim(stage.StageId, machineId, slot, AttemptToken.Hash(token))) is { } start)
                    return new StageOrder(start.StageId, start.Number, slot, start.SweepName, start.Program, start.ParametersJson, start.Seed,
                        start.FromStep, start.ToStep, start.ResumeFrom, start.ResumeSha256, token, start.MemoryFailures,
                        start.Command is { } command ? new CommandOrder(start.SweepId, command.RunId, command.Json) : null, start.ResourcesJson);
                isBehind = true;
            }
            finally
            {
                beginning.Remove(stage.StageId);
            }
        }
    }

    /// <summary>Reads after an earlier read has ended. Stages that are about to be under way are still ready in the database.</summary>
    private async Task ReadAsync(Task earlier)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var taken = beginning.Keys.ToHashSet();
        foreach (var stage in await store.Queries.ReadyStagesAsync())
            if (!taken.Contains(stage.StageId)) queue.Add(stage);
    }

    /// <summary>Waits while the queue is read.</summary>
    /// <returns>Whether it was.</returns>
    private async Task<bool> WaitForReadAsync()
    {
        if (reading.IsCompleted) return false;
        while (!reading.IsCompleted) await reading;
        return true;
    }
}
