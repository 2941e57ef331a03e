using Orleans.Runtime;

namespace Orleans;

/// <summary>Timers and deactivation of grains.</summary>
/// <remarks>
/// A timer is part of its activation and ends with it. A tick is a turn like a request, unless
/// <see cref="GrainTimerCreationOptions.Interleave"/>; the next one is due one period after the end of the last. An exception is
/// logged and the timer goes on. Ticks do not keep the activation from being collected, unless <see cref="GrainTimerCreationOptions.KeepAlive"/>.
/// </remarks>
public static class GrainBaseExtensions
{
    /// <summary>Ends the activation once the running requests are done.</summary>
    public static void DeactivateOnIdle(this IGrainBase grain) => ActivationOf(grain).DeactivateOnIdle();

    /// <summary>Starts a timer that hands its state and a token, cancelled when the timer ends, to the callback.</summary>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ActivationOf(grain).StartTimer(stop => callback(state, stop), options);
    }

    /// <inheritdoc cref="RegisterGrainTimer{TState}(IGrainBase, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ActivationOf(grain).StartTimer(_ => callback(state), options);
    }

    /// <summary>Starts a timer that hands a token, cancelled when the timer ends, to the callback.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ActivationOf(grain).StartTimer(callback, options);
    }

    /// <summary>Starts a timer.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ActivationOf(grain).StartTimer(_ => callback(), options);
    }

    /// <summary>Starts a timer with the default options.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<Task> callback, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(grain, callback, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer(IGrainBase, Func{Task}, TimeSpan, TimeSpan)"/>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(grain, callback, new GrainTimerCreationOptions(dueTime, period));

    private static Activation ActivationOf(IGrainBase grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain is Grain g ? g.Activation : (Activation)grain.GrainContext;
    }
}
