using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>Something that was decided or that happened.</summary>
/// <param name="Id">Grows by the order of the events.</param>
/// <param name="At">When.</param>
/// <param name="SweepId">The sweep it belongs to, or null.</param>
/// <param name="Kind">What kind, for example <c>attempt.lost</c>.</param>
/// <param name="Text">One sentence.</param>
public sealed record EventView(long Id, DateTimeOffset At, long? SweepId, string Kind, string Text)
{
    /// <summary>What is shown of an event.</summary>
    public static EventView Of(EventRecord happened) => new(happened.Id, happened.At, happened.SweepId, happened.Kind, happened.Text);
}

/// <summary>Events in their order.</summary>
/// <param name="Items">The events after the one that was named.</param>
/// <param name="HasMore">Whether there are more after these.</param>
public sealed record EventList(IReadOnlyList<EventView> Items, bool HasMore);
