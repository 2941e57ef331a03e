using Sweeps.Orchestration.Queue;

namespace Sweeps.Orchestration.Grains;

/// <summary>The ready stages of all sweeps; its key is <see cref="Key"/>.</summary>
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>Key of the only queue.</summary>
    const string Key = "default";

    /// <summary>Adds stages that a write has made ready.</summary>
    Task Offer(StageOffer[] stages);

    /// <summary>Looks up anew which stages of all sweeps are ready, for who has written many or does not know which; called after the write.</summary>
    Task Refresh();

    /// <summary>Forgets the stages of a sweep.</summary>
    Task Withdraw(long sweepId);

    /// <summary>Begins attempts in a machine's room, as far as there are ready stages that it has room for.</summary>
    /// <param name="machineId">The machine.</param>
    /// <param name="slots">All its slots, also those of which nothing is free.</param>
    Task<StageOrder[]> Claim(string machineId, SlotRoom[] slots);
}
