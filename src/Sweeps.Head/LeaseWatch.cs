using Microsoft.Extensions.Logging;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head;

/// <summary>Once a second, lets the grains of machines with attempts see whether their lease has run out: a dead machine does not call.</summary>
internal sealed class LeaseWatch(ResultsStore store, IGrainFactory grains, TimeProvider time, ILogger<LeaseWatch> logger) : EverySecond(time, logger, "Leases could not be looked at")
{
    protected override async Task LookAsync()
    {
        foreach (var machine in await store.Queries.BusyMachinesAsync()) await grains.GetGrain<IMachineGrain>(machine).ExpireLease();
    }
}
