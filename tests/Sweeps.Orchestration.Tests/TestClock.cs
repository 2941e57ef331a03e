namespace Sweeps.Orchestration.Tests;

/// <summary>A monotonic clock that the test turns; everything else is the system's.</summary>
internal sealed class TestClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Turn(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
}
