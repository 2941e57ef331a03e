using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace Orleans.Runtime;

/// <summary>Reminders in memory: wakes grains by calling them.</summary>
internal sealed class ReminderService(Silo silo, IOptions<ReminderOptions> options)
{
    /// <summary>One wait; timers cannot wait for more than seven weeks.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly Dictionary<(GrainId Grain, string Name), GrainReminder> reminders = [];

    public GrainReminder Register(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(dueTime), "Cannot use negative dueTime to create a reminder");
        if (period < TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(period), "Cannot use negative period to create a reminder");
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException($"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed "
                + $"reminder period ({options.Value.MinimumReminderPeriod})");
        }
        var reminder = new GrainReminder(name);
        lock (reminders)
        {
            Unregister(grain, name);
            reminders.Add((grain, name), reminder);
        }
        var first = silo.Time.GetUtcNow().UtcDateTime + dueTime;
        _ = Task.Run(() => TickAsync(grain, reminder, first, period));
        return reminder;
    }

    public void Unregister(GrainId grain, string name)
    {
        lock (reminders)
        {
            if (reminders.Remove((grain, name), out var reminder)) reminder.Ended.Cancel();
        }
    }

    public GrainReminder? Find(GrainId grain, string name)
    {
        lock (reminders) return reminders.GetValueOrDefault((grain, name));
    }

    private async Task TickAsync(GrainId grain, GrainReminder reminder, DateTime first, TimeSpan period)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(reminder.Ended.Token, silo.Stopping);
        var target = (IRemindable)(object)GrainReference.Create(silo, grain, typeof(IRemindable));
        try
        {
            for (var next = first; ; next = NextTick(first, period))
            {
                await DelayUntilAsync(next, stop.Token);
                try
                {
                    await target.ReceiveReminder(reminder.ReminderName, new TickStatus(first, period, silo.Time.GetUtcNow().UtcDateTime));
                }
                catch (Exception exception)
                {
                    silo.Log.LogError(exception, "Grain {Grain} failed to receive its reminder {Reminder}.", grain, reminder.ReminderName);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>The first tick after now; ticks that were missed are left out.</summary>
    private DateTime NextTick(DateTime first, TimeSpan period)
    {
        var passed = silo.Time.GetUtcNow().UtcDateTime - first;
        return period == TimeSpan.Zero ? first + passed : first + period * (Math.Floor(passed / period) + 1);
    }

    private async Task DelayUntilAsync(DateTime due, CancellationToken stop)
    {
        for (TimeSpan left; (left = due - silo.Time.GetUtcNow().UtcDateTime) > TimeSpan.Zero;)
        {
            await Task.Delay(left < LongestDelay ? left : LongestDelay, silo.Time, stop);
        }
        stop.ThrowIfCancellationRequested();
    }
}
