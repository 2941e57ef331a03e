using Sweeps.Core.SweepFiles;

namespace Sweeps.Orchestration.Queue;

/// <summary>
/// The room of one machine, and how attempts are placed in it. A GPU can be shared: the share of an attempt is what it asks for, or more where
/// that much of the memory is less than it needs. Cores are never shared; an attempt on the CPU takes as many slots as its threads or its memory
/// fill. What asks for nothing takes a whole slot, a GPU where the machine has one.
/// </summary>
public sealed class MachineRoom
{
    // Shares such as 0.1 have no exact sum.
    private const double Rounding = 1e-9;

    private readonly Dictionary<int, SlotRoom> slots;

    /// <summary>Room as it is now.</summary>
    public MachineRoom(IEnumerable<SlotRoom> slots) => this.slots = slots.ToDictionary(slot => slot.Index);

    /// <summary>Slots of which something is free.</summary>
    public int FreeSlots => slots.Values.Count(slot => slot.Free > Rounding);

    /// <summary>All slots.</summary>
    public int Slots => slots.Count;

    /// <summary>Whether a machine with these slots can take such an attempt when it has nothing else to do.</summary>
    public static bool CanEver(IEnumerable<SlotRoom> slots, ResourceSpec needs) => new MachineRoom(slots.Select(slot => slot with { Free = 1 })).Find(needs) is not null;

    /// <summary>Where such an attempt fits now, or null.</summary>
    public Placement? Find(ResourceSpec needs)
    {
        var all = slots.Values.OrderBy(slot => slot.Index).ToArray();
        if (all.FirstOrDefault(slot => slot.IsOnRequest) is { } any)
            return all.FirstOrDefault(slot => slot.Free >= 1 - Rounding) is { } free ? new Placement([free.Index], 1, needs.Cpus ?? any.Threads) : null;
        if (needs.Gpus is { } gpus) return gpus < 1 ? PartOf(all, gpus, needs.MemoryBytes) : Whole([.. all.Where(slot => slot.IsGpu)], (int)gpus, needs.MemoryBytes, threads: null);
        if (needs.Cpus is null && all.Any(slot => slot.IsGpu)) return Whole([.. all.Where(slot => slot.IsGpu)], 1, needs.MemoryBytes, threads: null);
        var cores = all.Where(slot => !slot.IsGpu).ToArray();
        if (cores.Length == 0) return null;
        var count = needs.Cpus is { } threads ? Ceiling(threads, cores.Min(slot => slot.Threads)) : 1;
        if (needs.MemoryBytes is { } bytes && cores.Min(slot => slot.MemoryBytes) is { } each) count = Math.Max(count, Ceiling(bytes, each));
        return Whole(cores, count, memory: null, needs.Cpus);
    }

    /// <summary>Takes room.</summary>
    public void Take(Placement placement) => Change(placement, -placement.Share);

    /// <summary>Gives it back.</summary>
    public void Return(Placement placement) => Change(placement, placement.Share);

    private void Change(Placement placement, double share)
    {
        foreach (var slot in placement.Slots) slots[slot] = slots[slot] with { Free = Math.Clamp(slots[slot].Free + share, 0, 1) };
    }

    private static Placement? Whole(SlotRoom[] slots, int count, long? memory, int? threads)
    {
        var fitting = slots.Where(slot => slot.Free >= 1 - Rounding && (memory is null || slot.MemoryBytes is null || slot.MemoryBytes >= memory / count)).Take(count).ToArray();
        return fitting.Length < count ? null : new Placement([.. fitting.Select(slot => slot.Index)], 1, threads ?? fitting.Max(slot => slot.Threads));
    }

    // The fullest that has room, so that others stay free for those that need a whole one.
    private static Placement? PartOf(SlotRoom[] slots, double share, long? memory) =>
        (from slot in slots
         where slot.IsGpu
         let taken = memory is { } bytes && slot.MemoryBytes is { } size ? Math.Max(share, (double)bytes / size) : share
         where taken <= slot.Free + Rounding
         orderby slot.Free, slot.Index
         select new Placement([slot.Index], taken, slot.Threads)).FirstOrDefault();

    private static int Ceiling(long wanted, long each) => (int)Math.Min(int.MaxValue, (wanted + each - 1) / Math.Max(1, each));
}
