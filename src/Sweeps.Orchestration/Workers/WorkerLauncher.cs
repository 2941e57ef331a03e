using Sweeps.Orchestration.Agents;

namespace Sweeps.Orchestration.Workers;

/// <summary>Starts workers. One class per way to do it; all promise the same.</summary>
public abstract class WorkerLauncher
{
    /// <summary>Whether workers run on other machines, which reach the head by its name alone.</summary>
    public virtual bool IsElsewhere => false;

    /// <summary>Starts a worker and returns at once.</summary>
    /// <exception cref="WorkerLaunchException">It cannot be started; the message is one sentence.</exception>
    public abstract WorkerProcess Launch(WorkerCommand command);

    /// <summary>A worker that an earlier life of the agent has started and that is alive, or whose end can still be told; null when there is none.</summary>
    /// <param name="assignmentFile">Its argument.</param>
    /// <param name="pidFile">Its <see cref="WorkerCommand.PidFile"/>.</param>
    /// <returns>The worker. Where nobody can see its exit code any more, it is <see cref="Grains.WorkerEnding.Unwatched"/>.</returns>
    public abstract WorkerProcess? Find(string assignmentFile, string pidFile);

    /// <summary>A slot with what is known by now of where its workers run.</summary>
    public virtual Slot Describe(Slot slot) => slot;

    /// <summary>Removes what is left of a worker whose end the head knows.</summary>
    /// <param name="pidFile">Its <see cref="WorkerCommand.PidFile"/>.</param>
    public virtual void Forget(string pidFile) => File.Delete(pidFile);
}
