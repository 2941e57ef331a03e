namespace Sweeps.Worker;

/// <summary>The assignment cannot be executed; the message is one sentence.</summary>
public sealed class AssignmentException(string message) : Exception(message);
