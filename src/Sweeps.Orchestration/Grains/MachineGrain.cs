using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Queue;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Grains;

/// <inheritdoc cref="IMachineGrain"/>
/// <remarks>
/// Which attempts the machine executes is in the database; only the lease is kept in memory. It is measured by the head's monotonic
/// clock and begins anew with each activation, which can only make it longer.
/// </remarks>
public sealed class MachineGrain(ResultsStore store, TimeProvider time, LeaseOptions options) : Grain, IMachineGrain
{
    private string? knownSlots;
    private Drain? drain;
    private long renewed = time.GetTimestamp();
    private (string? Life, long Number) last;

    private string Id => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task<MachineOrders> Sync(MachineReport report)
    {
        // Its agent has given up waiting for the answer and has sent a newer one.
        if (report.Life == last.Life && report.Number <= last.Number) return new MachineOrders([], [], []);
        last = (report.Life, report.Number);
        renewed = time.GetTimestamp();
        if (report.SlotsJson != knownSlots)
        {
            await store.SeeMachineAsync(Id, report.SlotsJson);
            knownSlots = report.SlotsJson;
        }
        drain ??= (await store.Queries.MachineAsync(Id))!.Drain;
        var open = await store.Queries.OpenAttemptsAsync(Id);
        var plan = MachinePlan.Of(open, report);
        foreach (var ending in plan.Ended) await Sweep(ending.SweepId).AttemptEnded(ending.Ending);
        var stop = drain == Results.Records.Drain.Now ? [.. report.Running] : plan.Stop.ToList();
        var kill = new List<AttemptKey>();
        foreach (var attempt in plan.Unknown)
        {
            if (await store.ReviveAttemptAsync(attempt.StageId, attempt.Number)) continue;
            // The newest one has reported its end and its worker is about to exit; an older one is fenced.
            var isNewest = (await store.Queries.StageAsync(attempt.StageId))?.Attempt == attempt.Number;
            if (!isNewest) kill.Add(attempt);
            else if (!stop.Contains(attempt)) stop.Add(attempt);
        }
        // Points call for it too; here what they missed is made up for.
        foreach (var sweep in open.Where(attempt => attempt.StopsEarly).Select(attempt => attempt.SweepId).Distinct()) await Sweep(sweep).Judge();
        var start = drain == Results.Records.Drain.None ? await ClaimAsync(report) : [];
        // To choose a configuration may have taken longer than a lease lasts, for which the agent was waiting here.
        renewed = time.GetTimestamp();
        return new MachineOrders(start, [.. stop], [.. kill]);
    }

    /// <inheritdoc/>
    public async Task<bool> Drain(Drain drain)
    {
        if (!await store.DrainMachineAsync(Id, drain)) return false;
        this.drain = drain;
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Forget()
    {
        if ((last.Life is not null && time.GetElapsedTime(renewed) <= options.Duration) || (await store.Queries.OpenAttemptsAsync(Id)).Count > 0) return false;
        (knownSlots, drain) = (null, null);
        return await store.ForgetMachineAsync(Id);
    }

    /// <inheritdoc/>
    public async Task ExpireLease()
    {
        if (time.GetElapsedTime(renewed) <= options.Duration) return;
        foreach (var attempt in await store.Queries.OpenAttemptsAsync(Id))
        {
            await Sweep(attempt.SweepId).AttemptEnded(new AttemptEnding(attempt.StageId, attempt.Number, AttemptOutcome.Lost, -1,
                $"No word from machine {Id} for {options.Duration.TotalSeconds:0} s."));
        }
    }

    /// <inheritdoc/>
    public Task<TimeSpan?> Silence() => Task.FromResult(last.Life is null ? (TimeSpan?)null : time.GetElapsedTime(renewed));

    /// <summary>
    /// Claims stages for the free slots. A sweep that is searching and has none to claim is asked for one more configuration before, so that it
    /// takes its turn among the others; once more as long as slots are left.
    /// </summary>
    private async Task<StageOrder[]> ClaimAsync(MachineReport report)
    {
        var start = new List<StageOrder>();
        if (report.FreeSlots.Length == 0) return [];
        var room = await RoomAsync(report);
        while (room.Any(slot => slot.Free > 0))
        {
            foreach (var sweep in await store.Queries.IdleSearchesAsync()) await Sweep(sweep).Propose();
            var orders = await GrainFactory.GetGrain<IQueueGrain>(IQueueGrain.Key).Claim(Id, room);
            if (orders.Length == 0) break;
            start.AddRange(orders);
            room = [.. room.Select(slot => slot with { Free = Math.Max(0, slot.Free - orders.Where(order => order.Slot == slot.Index || order.MoreSlots?.Contains(slot.Index) == true).Sum(order => order.Share)) })];
        }
        return [.. start];
    }

    /// <summary>What no attempt has taken: neither one that is under way by the database, nor one whose worker is still alive by the report.</summary>
    private async Task<SlotRoom[]> RoomAsync(MachineReport report)
    {
        var taken = new Dictionary<int, double>();
        foreach (var attempt in await store.Queries.TakenAsync(Id, [.. report.Running.Select(key => (key.StageId, key.Number))]))
            foreach (var slot in attempt.Slots) taken[slot] = taken.GetValueOrDefault(slot) + attempt.Share;
        var described = Slot.ReadAll(report.SlotsJson);
        return
        [
            .. described.Select(slot => SlotRoom.Of(slot, report.FreeSlots.Contains(slot.Index) ? Math.Max(0, 1 - taken.GetValueOrDefault(slot.Index)) : 0)),
            .. report.FreeSlots.Except(described.Select(slot => slot.Index)).Select(index => new SlotRoom(index, false, 1, null, Math.Max(0, 1 - taken.GetValueOrDefault(index)))),
        ];
    }

    private ISweepGrain Sweep(long sweepId) => GrainFactory.GetGrain<ISweepGrain>(sweepId);
}
