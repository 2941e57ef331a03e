using Microsoft.Extensions.Logging;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Queue;
using Sweeps.Results;
using Sweeps.Results.Records;

namespace Sweeps.Head;

/// <summary>Once a second, says of sweeps that need something particular whether any machine that is there can ever take their stages: otherwise they would wait in silence.</summary>
internal sealed class PlacementWatch(ResultsStore store, IGrainFactory grains, LeaseOptions lease, TimeProvider time, ILogger<PlacementWatch> logger)
    : EverySecond(time, logger, "Whether sweeps can be placed could not be looked at")
{
    protected override async Task LookAsync()
    {
        var sweeps = await store.Queries.ChoosySweepsAsync();
        if (sweeps.Count == 0) return;
        var machines = new List<MachineRecord>();
        foreach (var machine in await store.Queries.MachinesAsync())
            if (machine.Drain == Drain.None && await grains.GetGrain<IMachineGrain>(machine.Id).Silence() <= lease.Duration) machines.Add(machine);
        // Agents may be about to come.
        if (machines.Count == 0) return;
        foreach (var sweep in sweeps) await store.SetWaitsForAsync(sweep.Id, Why(sweep.Needs, machines));
    }

    private static string? Why(ResourceSpec needs, List<MachineRecord> machines) =>
        machines.Any(machine => MachineRoom.CanEver(Slot.ReadAll(machine.SlotsJson).Select(slot => SlotRoom.Of(slot)), needs)) ? null
        : $"No machine can take its stages: each needs {needs}, and there {(machines.Count == 1 ? "is" : "are")} {string.Join(", ", machines.Select(Described))}. "
            + (needs.Cpus is null ? "Start an agent where there is more, or write less under 'resources'."
                : "Start an agent with `sweeps agent --slots N` where there are so many cores, or write less under 'resources'.");

    private static string Described(MachineRecord machine) => $"{machine.Id} ({string.Join(", ", Slot.ReadAll(machine.SlotsJson).GroupBy(slot => (slot.Name, slot.MemoryBytes)).Select(group =>
        $"{group.Count()} {group.Key.Name}{(group.Key.MemoryBytes is { } bytes ? $" with {Core.ByteSize.Text(bytes)}" : "")}"))})";
}
