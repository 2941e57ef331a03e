using Orleans.Concurrency;
using Sweeps.Core.SweepFiles;
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
public sealed class QueueGrain(ResultsStore store, TimeProvider time) : Grain, IQueueGrain
{
    private static readonly TimeSpan HoldsFor = TimeSpan.FromSeconds(10);

    private readonly StageQueue queue = new();

    // Stages that were taken and whose attempts are being written, with their sweeps.
    private readonly Dictionary<long, long> beginning = [];

    // What the stages of a sweep need; its file says so once and for all.
    private readonly Dictionary<long, ResourceSpec> needs = [];

    // How many stages have begun on a machine before one that there was no room for, and when that was.
    private readonly Dictionary<(string Machine, long Sweep), (int Passed, long At)> held = [];
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
    public async Task<StageOrder[]> Claim(string machineId, SlotRoom[] slots)
    {
        var room = new MachineRoom(slots);
        if (room.FreeSlots == 0) return [];
        // What is written while the queue is read is offered by who writes it: one who has waited for that does not read again.
        if (!await WaitForReadAsync() && (isBehind || queue.Count < room.FreeSlots))
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
            // Who has waited long enough comes before its equals.
            foreach (var ((machine, sweep), (passed, _)) in held)
                if (machine == machineId && passed == int.MaxValue) running[sweep] = -1;
        }
        foreach (var sweep in queue.Sweeps.Where(sweep => !needs.ContainsKey(sweep)).ToArray()) needs[sweep] = await store.Queries.NeedsOfAsync(sweep);
        var orders = new List<StageOrder>();
        while (true)
        {
            await WaitForReadAsync();
            var taken = new List<(Placement Placement, Task<StageOrder?> Order)>();
            while (Take(machineId, slots, room, running) is var (stage, sweep, placement)) taken.Add((placement, BeginAsync(machineId, stage, sweep, placement)));
            var begun = await Task.WhenAll(taken.Select(one => one.Order));
            orders.AddRange(begun.OfType<StageOrder>());
            if (!begun.Contains(null)) return [.. orders];
            foreach (var (placement, order) in taken)
                if (await order is null) room.Return(placement);
        }
    }

    /// <summary>
    /// Takes the next stage that there is room for. One that needs more than is free lets as many others go before it as the machine has slots; then
    /// what becomes free is kept for it, on no more machines than it has stages, so that small stages never keep a large one from its turn.
    /// </summary>
    private (long StageId, long SweepId, Placement Placement)? Take(string machineId, SlotRoom[] slots, MachineRoom room, Dictionary<long, int> running)
    {
        var passedOver = new List<long>();
        Placement? found = null;
        if (queue.Take(running, FitOf) is not var (stage, sweep)) return null;
        running[sweep] = running.GetValueOrDefault(sweep) + 1;
        held.Remove((machineId, sweep));
        foreach (var waiting in passedOver) held[(machineId, waiting)] = (held.GetValueOrDefault((machineId, waiting)).Passed + 1, time.GetTimestamp());
        room.Take(found!);
        return (stage, sweep, found!);

        Fit FitOf(long id)
        {
            // One that has come only now is known at the next claim.
            if (!needs.TryGetValue(id, out var wanted)) return Fit.PassesOver;
            found = room.Find(wanted);
            if (found is not null) return Fit.Fits;
            if (!MachineRoom.CanEver(slots, wanted)) return Fit.PassesOver;
            if (held.GetValueOrDefault((machineId, id)).Passed >= slots.Length && HoldingElsewhere(machineId, id) < queue.CountOf(id))
            {
                held[(machineId, id)] = (int.MaxValue, time.GetTimestamp());
                return Fit.Holds;
            }
            passedOver.Add(id);
            return Fit.PassesOver;
        }
    }

    /// <summary>Other machines that keep room for a sweep's stages and have asked for work of late.</summary>
    private int HoldingElsewhere(string machineId, long sweepId) => held.Count(pair => pair.Key.Sweep == sweepId && pair.Key.Machine != machineId
        && pair.Value.Passed == int.MaxValue && time.GetElapsedTime(pair.Value.At) < HoldsFor);

    private async Task<StageOrder?> BeginAsync(string machineId, long stageId, long sweepId, Placement placement)
    {
        beginning.Add(stageId, sweepId);
        try
        {
            var token = AttemptToken.Create();
            var claim = new AttemptClaim(stageId, machineId, placement.Slots[0], AttemptToken.Hash(token)) { MoreSlots = [.. placement.Slots.Skip(1)], Share = placement.Share };
            // Null: the stage was claimed, its sweep stopped or what it begins with lost since it was added.
            if (await store.BeginAttemptAsync(claim) is { } start)
                return new StageOrder(start.StageId, start.Number, claim.Slot, start.SweepName, start.Program, start.ParametersJson, start.Seed,
                    start.FromStep, start.ToStep, start.ResumeFrom, start.ResumeSha256, token, start.MemoryFailures,
                    start.Command is { } command ? new CommandOrder(start.SweepId, command.RunId, command.Json) : null, [.. claim.MoreSlots], claim.Share, placement.Threads, ResourceText.Write(needs[sweepId]));
            isBehind = true;
            return null;
        }
        finally
        {
            beginning.Remove(stageId);
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
