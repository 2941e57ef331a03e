using Orleans.Concurrency;

namespace Sweeps.Orchestration.Grains;

/// <summary>One sweep; the key is its id. Decides what becomes of its stages and says so to the queue.</summary>
public interface ISweepGrain : IGrainWithIntegerKey
{
    /// <summary>Offers the stages that are ready; after submission, and after a restart of the head.</summary>
    Task Start();

    /// <summary>Lets its workers write a checkpoint and end, and begins no more; <see cref="Resume"/> takes it up there.</summary>
    Task Pause();

    /// <summary>Lets a paused sweep go on.</summary>
    Task Resume();

    /// <summary>Begins no more runs; it ends when those that have begun do.</summary>
    Task Stop();

    /// <summary>Ends it for good.</summary>
    Task Cancel();

    /// <summary>
    /// Lets its search choose one more configuration, or its rule one more seed, because a slot would be idle without it.
    /// </summary>
    /// <returns>False when there is no more to come now: the search is over, runs must end before a seed is added, or the sweep is not running.</returns>
    Task<bool> Propose();

    /// <summary>Stops configurations early that are not worth training further; called when there are new points, and about once a second.</summary>
    Task Judge();

    /// <summary>
    /// An attempt has ended: its stage is completed, tried again or given up. Ends interleave, so that those of many attempts are committed
    /// together; each is decided within its transaction.
    /// </summary>
    /// <returns>False when the attempt is fenced or had ended before; then nothing changes.</returns>
    [AlwaysInterleave]
    Task<bool> AttemptEnded(AttemptEnding ending);
}
