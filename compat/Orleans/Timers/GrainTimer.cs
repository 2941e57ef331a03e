using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation activation;
    private readonly Func<CancellationToken, Task> callback;
    private readonly GrainTimerCreationOptions options;
    private readonly CancellationTokenSource disposed = new();
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private TimeSpan next;
    private TimeSpan period;
    private bool ticking;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        this.activation = activation;
        this.callback = callback;
        this.options = options;
        using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
        {
            timer = activation.Silo.Time.CreateTimer(
                static state => ((GrainTimer)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (gate)
        {
            this.period = period;
            next = dueTime;
            if (!ticking && !disposed.IsCancellationRequested) timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed.IsCancellationRequested) return;
            timer.Dispose();
        }
        disposed.Cancel();
        activation.Forget(this);
    }

    private static void Check(TimeSpan time, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((long)time.TotalMilliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)time.TotalMilliseconds, 0xfffffffe, name);
    }

    private void OnDue()
    {
        lock (gate) ticking = true;
        activation.TryReceive(new Request
        {
            Name = $"{activation.GrainId} timer",
            Invoke = _ => TickAsync(),
            Interleaves = options.Interleave,
            KeepsAlive = options.KeepAlive,
            IsTick = true,
        });
    }

    private async Task<object?> TickAsync()
    {
        lock (gate) next = period;
        try
        {
            if (!disposed.IsCancellationRequested) await callback(disposed.Token);
        }
        catch (Exception exception)
        {
            activation.Silo.Log.LogWarning(exception, "A timer of grain {Grain} failed; its next tick is not affected.", activation.GrainId);
        }
        lock (gate)
        {
            ticking = false;
            if (!disposed.IsCancellationRequested) timer.Change(next, Timeout.InfiniteTimeSpan);
        }
        return null;
    }
}
