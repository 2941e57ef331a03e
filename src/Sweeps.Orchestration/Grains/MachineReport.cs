namespace Sweeps.Orchestration.Grains;

/// <summary>What an agent tells the head about its machine.</summary>
/// <param name="SlotsJson">The machine's slots, a JSON array.</param>
/// <param name="FreeSlots">Slots that can take an attempt; none while the agent is ending.</param>
/// <param name="Running">Attempts whose worker is alive.</param>
/// <param name="Ended">Attempts whose worker has ended since the last report that was answered.</param>
[GenerateSerializer, Immutable]
public sealed record MachineReport(string SlotsJson, int[] FreeSlots, AttemptKey[] Running, WorkerEnding[] Ended);
