using Sweeps.Results.Records;
using Orleans.Concurrency;

namespace Sweeps.Orchestration.Grains;

/// <summary>One machine; the key is its name. Its agent calls about once a second, and that call drives everything.</summary>
public interface IMachineGrain : IGrainWithStringKey
{
    /// <summary>The agent's report renews the machine's lease and is answered with what to start and to stop.</summary>
    Task<MachineOrders> Sync(MachineReport report);

    /// <summary>Lets the machine take no more work, or work again.</summary>
    /// <returns>False when there is no such machine.</returns>
    Task<bool> Drain(Drain drain);

    /// <summary>Forgets the machine, which must be silent and have no attempts.</summary>
    /// <returns>False when it is not.</returns>
    Task<bool> Forget();

    /// <summary>Gives the machine's attempts up as lost when its lease has run out; called by the head about once a second.</summary>
    Task ExpireLease();

    /// <summary>Time since the last report; null when there was none since the grain was activated. Never waits for a report that is being answered.</summary>
    [AlwaysInterleave]
    Task<TimeSpan?> Silence();
}
