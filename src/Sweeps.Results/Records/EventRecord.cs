namespace Sweeps.Results.Records;

/// <summary>Something that was decided or that happened, in order.</summary>
public sealed class EventRecord
{
    /// <summary>Grows by the order of the events.</summary>
    public long Id { get; internal set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The sweep it belongs to, or null.</summary>
    public long? SweepId { get; init; }

    /// <summary>What kind, for example <c>attempt.lost</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One sentence.</summary>
    public required string Text { get; init; }
}
