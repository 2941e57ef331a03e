namespace Orleans.Runtime;

/// <summary>A reminder in memory.</summary>
internal sealed class GrainReminder(string name) : IGrainReminder
{
    public string ReminderName => name;

    /// <summary>Cancelled when the reminder is unregistered or changed.</summary>
    public CancellationTokenSource Ended { get; } = new();
}
