using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain that can be woken by reminders.</summary>
public interface IRemindable : IGrain
{
    /// <summary>Called when a reminder is due; the grain is activated for it where needed.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
