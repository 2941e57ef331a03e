using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A grain object with its queue of requests: the turn-based part of the runtime.</summary>
internal sealed class Activation : IGrainContext
{
    private readonly Lock gate = new();
    private readonly ActivationTaskScheduler scheduler;
    private readonly AsyncServiceScope scope;
    private readonly List<Request> waiting = [];
    private readonly HashSet<GrainTimer> timers = [];
    private readonly TaskCompletionSource deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActivationState state;
    private int running;
    private Request? blocking;
    private Grain? grain;
    private bool wasValid;
    private DeactivationReason reason;
    private Exception? failure;
    private long idleSince;
    private DateTimeOffset keepAliveUntil;

    public Activation(Silo silo, GrainId id, GrainClass grainClass)
    {
        Silo = silo;
        GrainId = id;
        Class = grainClass;
        scheduler = new ActivationTaskScheduler(this);
        scope = silo.Services.CreateAsyncScope();
        idleSince = silo.Time.GetTimestamp();
    }

    public Silo Silo { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance => grain;

    public IServiceProvider ActivationServices => scope.ServiceProvider;

    public Task Deactivated => deactivated.Task;

    /// <summary>Queues a request; the first one activates the grain. False when the activation has ended and another must be found.</summary>
    public bool TryReceive(Request request)
    {
        lock (gate)
        {
            if (state == ActivationState.Invalid) return false;
            waiting.Add(request);
            if (state == ActivationState.Created)
            {
                state = ActivationState.Activating;
                running++;
                scheduler.Start(ActivateAsync);
            }
        }
        Pump();
        return true;
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (state >= ActivationState.Deactivating) return;
            wasValid = state == ActivationState.Valid;
            state = ActivationState.Deactivating;
            reason = deactivationReason;
        }
        Pump();
    }

    public void DeactivateOnIdle() =>
        Deactivate(new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    public void DelayDeactivation(TimeSpan time)
    {
        lock (gate)
        {
            keepAliveUntil = time == TimeSpan.MaxValue || time == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue
                : time <= TimeSpan.Zero ? DateTimeOffset.MinValue : Silo.Time.GetUtcNow() + time;
        }
    }

    /// <summary>Ends the activation if it has been idle for the age.</summary>
    public void CollectIfIdle(TimeSpan age)
    {
        lock (gate)
        {
            if (state != ActivationState.Valid || running > 0 || waiting.Count > 0 || keepAliveUntil > Silo.Time.GetUtcNow()
                || Silo.Time.GetElapsedTime(idleSince) < age) return;
        }
        Deactivate(new(DeactivationReasonCode.ActivationIdle, $"The activation was idle for {age}."));
    }

    public IGrainTimer StartTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (gate)
        {
            if (state < ActivationState.Deactivating) timers.Add(timer);
        }
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (gate) timers.Remove(timer);
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => GrainId.GetHashCode();

    private async Task ActivateAsync()
    {
        try
        {
            grain = Class.Construct(ActivationServices);
            using var timeout = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
            await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            lock (gate)
            {
                running--;
                if (state == ActivationState.Activating) state = ActivationState.Valid;
            }
        }
        catch (Exception exception)
        {
            Silo.Log.LogError(exception, "Failed to activate grain {Grain}.", GrainId);
            failure = exception;
            lock (gate) running--;
            Deactivate(new(DeactivationReasonCode.ActivationFailed, exception, "Failed to activate grain."));
        }
        Pump();
    }

    /// <summary>Starts every waiting request that may run now; when the last one of a deactivating activation has ended, ends it.</summary>
    private void Pump()
    {
        lock (gate)
        {
            if (state == ActivationState.Deactivating && running == 0)
            {
                running++; // ending counts as running, so that it happens once
                scheduler.Start(FinishAsync);
            }
            if (state != ActivationState.Valid) return;

            for (var i = 0; i < waiting.Count;)
            {
                var request = waiting[i];
                if (!request.Abandoned && !MayRun(request))
                {
                    i++;
                    continue;
                }
                waiting.RemoveAt(i);
                if (request.Abandoned) continue;
                running++;
                if (!request.Interleaves) blocking ??= request;
                scheduler.Start(() => ExecuteAsync(request));
            }
        }
    }

    private bool MayRun(Request request) => running == 0 || blocking is null || request.Interleaves || Class.Reentrant;

    private async Task ExecuteAsync(Request request)
    {
        await request.ExecuteAsync(grain!);
        lock (gate)
        {
            running--;
            if (blocking == request) blocking = null;
            if (request.KeepsAlive) idleSince = Silo.Time.GetTimestamp();
        }
        Pump();
    }

    private async Task FinishAsync()
    {
        GrainTimer[] running;
        lock (gate) running = [.. timers];
        foreach (var timer in running) timer.Dispose();

        try
        {
            using var timeout = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
            if (wasValid) await grain!.OnDeactivateAsync(reason, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception exception)
        {
            Silo.Log.LogError(exception, "OnDeactivateAsync of grain {Grain} failed.", GrainId);
        }

        try
        {
            if (grain is IAsyncDisposable asyncDisposable) await asyncDisposable.DisposeAsync();
            else (grain as IDisposable)?.Dispose();
            await scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            Silo.Log.LogError(exception, "Disposing grain {Grain} failed.", GrainId);
        }

        Silo.Remove(this);
        Request[] left;
        lock (gate)
        {
            state = ActivationState.Invalid;
            left = [.. waiting];
            waiting.Clear();
        }
        foreach (var request in left.Where(request => !request.IsTick))
        {
            if (failure is null) Silo.Dispatch(GrainId, request);
            else request.Fail(failure);
        }
        deactivated.SetResult();
    }
}
