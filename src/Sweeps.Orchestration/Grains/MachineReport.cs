namespace Sweeps.Orchestration.Grains;

/// <summary>What an agent tells the head about its machine.</summary>
/// <param name="SlotsJson">The machine's slots, a JSON array.</param>
/// <param name="FreeSlots">Slots that no living worker has for itself; none while the agent is ending.</param>
/// <param name="Running">Attempts whose worker is alive.</param>
/// <param name="Ended">Attempts whose worker has ended since the last report that was answered.</param>
/// <param name="Life">Names this life of the agent, from its start to its end.</param>
/// <param name="Number">Grows with each report of a life, so that one that the network has delayed is not taken for news.</param>
[GenerateSerializer, Immutable]
public sealed record MachineReport(string SlotsJson, int[] FreeSlots, AttemptKey[] Running, WorkerEnding[] Ended, string Life, long Number);
