namespace Sweeps.Orchestration.Workers;

/// <summary>Starts workers. One class per way to do it; all promise the same.</summary>
public abstract class WorkerLauncher
{
    /// <summary>Starts a worker and returns at once.</summary>
    /// <exception cref="WorkerLaunchException">It cannot be started; the message is one sentence.</exception>
    public abstract WorkerProcess Launch(WorkerCommand command);

    /// <summary>Ends workers that an earlier life of this agent left behind; their attempts are lost, and they must not go on beside new ones.</summary>
    /// <param name="pidDirectory">Directory of the workers' <see cref="WorkerCommand.PidFile"/>.</param>
    /// <returns>How many there were.</returns>
    public abstract int EndLeftovers(string pidDirectory);
}
