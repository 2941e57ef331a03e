using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>All machines as they are now.</summary>
internal sealed class MachineList(ResultsStore store, IGrainFactory grains, LeaseOptions lease)
{
    public async Task<MachineView?> FindAsync(string id) => (await ReadAsync()).FirstOrDefault(machine => machine.Id == id);

    public async Task<IReadOnlyList<MachineView>> ReadAsync()
    {
        var (machines, work) = (await store.Queries.MachinesAsync(), await store.Queries.SlotWorkAsync());
        return await Task.WhenAll(machines.Select(async machine => MachineView.Of(machine, work, await grains.GetGrain<IMachineGrain>(machine.Id).Silence(), lease.Duration)));
    }
}
