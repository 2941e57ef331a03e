namespace Sweeps.Orchestration.Tests;

/// <summary>A monotonic clock that the test turns, and the time of day where the test says one; everything else is the system's.</summary>
internal sealed class TestClock : TimeProvider
{
    private long ticks;
    private long? utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => utc is { } set ? new DateTimeOffset(set, TimeSpan.Zero) : base.GetUtcNow();

    /// <summary>From now on it is this time, and stays it.</summary>
    public void SetTo(DateTimeOffset time) => utc = time.UtcTicks;

    public void Turn(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
}
