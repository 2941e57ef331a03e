namespace Sweeps.Training.Checkpoints;

/// <summary>A checkpoint is damaged or missing; the message is one sentence.</summary>
public sealed class DamagedCheckpointException(string message, Exception? inner = null) : TrainingException(message, inner);
