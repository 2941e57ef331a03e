namespace Sweeps.Orchestration.Workers;

/// <summary>A worker that was started.</summary>
public abstract class WorkerProcess
{
    /// <summary>Completes when it has ended, with its exit code; 128 + N when signal N ended it.</summary>
    public abstract Task<int> Exit { get; }

    /// <summary>Asks it to write a checkpoint and end (SIGTERM).</summary>
    public abstract void RequestStop();

    /// <summary>Ends it at once (SIGKILL).</summary>
    public abstract void Kill();
}
