namespace Sweeps.Orchestration.Workers;

/// <summary>A worker cannot be started; the message is one sentence.</summary>
public sealed class WorkerLaunchException(string message, Exception? inner = null) : Exception(message, inner);
