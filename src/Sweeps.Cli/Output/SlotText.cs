using Sweeps.Orchestration.Agents;

namespace Sweeps.Cli.Output;

/// <summary>Slots in words.</summary>
internal static class SlotText
{
    /// <summary><c>2 cpu slots of 1 thread</c>.</summary>
    public static string Of(IReadOnlyList<Slot> slots) => string.Join(" and ", slots.GroupBy(slot => (slot.Name, slot.Threads))
        .Select(group => $"{Numbers.Count(group.Count(), $"{group.Key.Name} slot")} of {Numbers.Count(group.Key.Threads, "thread")}"));
}
