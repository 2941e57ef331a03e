namespace Sweeps.Orchestration.Grains;

/// <summary>One nightly job; the key is its name. Which nights there were and are to come is in the database; a reminder, once a minute, has it look.</summary>
public interface INightlyGrain : IGrainWithStringKey
{
    /// <summary>Sets or ends the reminder by what the database says of the job, and looks; after it was added, and after a restart of the head.</summary>
    Task Schedule();

    /// <summary>Begins, skips or queues the night that is due, and begins one that waits for a night that has ended.</summary>
    Task Look();

    /// <summary>Begins a night because somebody asks for it; one that was paused goes on instead.</summary>
    Task<NightStart> RunNow();

    /// <summary>Lets no night begin by itself.</summary>
    /// <returns>False when there is no such job.</returns>
    Task<bool> Pause();

    /// <summary>Lets nights begin again, from the next one on.</summary>
    /// <returns>False when there is no such job.</returns>
    Task<bool> Resume();

    /// <summary>Removes the job; its nights stay.</summary>
    /// <returns>False when there is no such job.</returns>
    Task<bool> Remove();
}
