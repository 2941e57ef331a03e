using Orleans.Runtime;

namespace Compat.Orleans.Grains;

public sealed class TickingGrain(Signals signals) : Grain, ITickingGrain
{
    private readonly Dictionary<string, IGrainTimer> timers = [];
    private readonly Dictionary<string, int> ticks = [];

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        signals.Set($"{this.GetPrimaryKeyString()} deactivated");
        return Task.CompletedTask;
    }

    public Task Start(string name, TimeSpan due, TimeSpan period, bool interleave, bool keepAlive)
    {
        var options = new GrainTimerCreationOptions { DueTime = due, Period = period, Interleave = interleave, KeepAlive = keepAlive };
        timers[name] = this.RegisterGrainTimer(Tick, name, options);
        return Task.CompletedTask;
    }

    public Task StartThrowing(string name)
    {
        timers[name] = this.RegisterGrainTimer(async () =>
        {
            await Tick(name);
            if (ticks[name] == 1) throw new InvalidDataException("The first tick fails.");
        }, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    public async Task<bool> StartAndStayBusy(string name, bool interleave)
    {
        await Start(name, TimeSpan.Zero, Timeout.InfiniteTimeSpan, interleave, keepAlive: false);
        await Start($"{name} witness", TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan, interleave: true, keepAlive: false);
        await signals.WaitFor($"{name} busy may end");
        return ticks.ContainsKey(name);
    }

    public Task Fire(string name)
    {
        timers[name].Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task Stop(string name)
    {
        timers[name].Dispose();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Remind(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> Forget(string name)
    {
        if (await this.GetReminder(name) is not { } reminder) return false;
        await this.UnregisterReminder(reminder);
        return true;
    }

    public Task Nothing() => Task.CompletedTask;

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        signals.Log.Enqueue(reminderName);
        signals.Set($"{reminderName} reminded {signals.Log.Count(name => name == reminderName)}", status.Period.ToString());
        return Task.CompletedTask;
    }

    private Task Tick(string name)
    {
        signals.Set($"{name} tick {ticks[name] = ticks.GetValueOrDefault(name) + 1}");
        return Task.CompletedTask;
    }
}
