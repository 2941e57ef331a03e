using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Queue;

/// <summary>A slot and what is free of it.</summary>
/// <param name="Index">Its place on the machine.</param>
/// <param name="IsGpu">Whether it is a GPU or a part of one.</param>
/// <param name="Threads">CPU threads that belong to it.</param>
/// <param name="MemoryBytes">Its memory; null where that is not known.</param>
/// <param name="Free">The share that no attempt has taken, from 0 to 1.</param>
/// <param name="IsOnRequest">Whether a batch system makes room for whatever is asked for.</param>
[GenerateSerializer, Immutable]
public sealed record SlotRoom(int Index, bool IsGpu, int Threads, long? MemoryBytes, double Free, bool IsOnRequest = false)
{
    /// <summary>A slot with so much room.</summary>
    public static SlotRoom Of(Slot slot, double free = 1) => new(slot.Index, slot.Gpu is not null, slot.Threads, slot.MemoryBytes, free, slot.IsOnRequest);
}
