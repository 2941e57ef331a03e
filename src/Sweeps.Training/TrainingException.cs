namespace Sweeps.Training;

/// <summary>A run that cannot be trained because of its configuration or data; the message is one sentence with the fix.</summary>
public class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
