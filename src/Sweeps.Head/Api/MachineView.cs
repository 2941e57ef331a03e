using Sweeps.Orchestration.Agents;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A machine as the API shows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsAlive">Whether its lease has not run out.</param>
/// <param name="SilentSeconds">Seconds since its agent's last report; null when it has not reported since this head began.</param>
/// <param name="LeaseSeconds">How long a silent machine keeps its attempts.</param>
/// <param name="FirstSeenAt">When its agent first came.</param>
/// <param name="LastSeenAt">When its agent last started, or came with other slots.</param>
/// <param name="Drain">Whether it takes work.</param>
/// <param name="Slots">Its slots and what they do.</param>
public sealed record MachineView(string Id, bool IsAlive, double? SilentSeconds, double LeaseSeconds, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt,
    Drain Drain, IReadOnlyList<SlotView> Slots)
{
    /// <summary>What is shown of a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="work">What machines are busy with.</param>
    /// <param name="silence">Since its last report; null when there was none.</param>
    /// <param name="lease">How long it keeps its attempts.</param>
    internal static MachineView Of(MachineRecord machine, IEnumerable<SlotWork> work, TimeSpan? silence, TimeSpan lease)
    {
        var here = work.Where(one => one.MachineId == machine.Id).ToArray();
        return new(machine.Id, silence <= lease, silence?.TotalSeconds, lease.TotalSeconds, machine.FirstSeenAt, machine.LastSeenAt, machine.Drain,
            [.. Slot.ReadAll(machine.SlotsJson).Select(slot => new SlotView(slot.Index, slot.Name, slot.Gpu, slot.Threads, slot.Processor, slot.MemoryBytes, [.. here.Where(one => one.Slots.Contains(slot.Index))]))]);
    }
}

/// <summary>A slot and what it does.</summary>
/// <param name="Index">Its place on the machine, from 0.</param>
/// <param name="Name"><c>cpu</c>, or the GPU's name.</param>
/// <param name="Gpu">The GPU's number, or null for a share of the CPU.</param>
/// <param name="Threads">CPU threads that its worker may use.</param>
/// <param name="Processor">The machine's processor.</param>
/// <param name="MemoryBytes">Its memory; null where that is not known.</param>
/// <param name="Work">What it is busy with; several attempts may share a GPU, and one may take several slots.</param>
public sealed record SlotView(int Index, string Name, int? Gpu, int Threads, string Processor, long? MemoryBytes, IReadOnlyList<SlotWork> Work);
