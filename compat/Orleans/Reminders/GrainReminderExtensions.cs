using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Reminders of a grain: unlike timers they outlive its activation and wake it.</summary>
public static class GrainReminderExtensions
{
    /// <summary>Registers a reminder, or changes the one with that name.</summary>
    /// <param name="grain">A grain that is <see cref="IRemindable"/>.</param>
    /// <param name="reminderName">Unique in the grain.</param>
    /// <param name="dueTime">Time to the first tick, not negative.</param>
    /// <param name="period">Time between ticks, at least <see cref="Hosting.ReminderOptions.MinimumReminderPeriod"/>.</param>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        var reminders = RemindersOf(grain, reminderName);
        if (grain is not IRemindable)
        {
            throw new InvalidOperationException($"Grain {grain.GrainContext.GrainId} is not '{nameof(IRemindable)}'. "
                + $"A grain should implement {nameof(IRemindable)} to use the persistent reminder service");
        }
        return Task.FromResult<IGrainReminder>(reminders.Register(grain.GrainContext.GrainId, reminderName, dueTime, period));
    }

    /// <summary>Ends a reminder.</summary>
    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        RemindersOf(grain, reminder.ReminderName).Unregister(grain.GrainContext.GrainId, reminder.ReminderName);
        return Task.CompletedTask;
    }

    /// <summary>The reminder with that name, or null.</summary>
    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) =>
        Task.FromResult<IGrainReminder?>(RemindersOf(grain, reminderName).Find(grain.GrainContext.GrainId, reminderName));

    private static ReminderService RemindersOf(Grain grain, string reminderName)
    {
        ArgumentNullException.ThrowIfNull(grain);
        if (string.IsNullOrWhiteSpace(reminderName)) throw new ArgumentNullException(nameof(reminderName));
        return grain.Activation.ActivationServices.GetRequiredService<ReminderService>();
    }
}
