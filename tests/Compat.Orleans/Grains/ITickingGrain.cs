namespace Compat.Orleans.Grains;

public interface ITickingGrain : IGrainWithStringKey, IRemindable
{
    /// <summary>Starts a timer that signals "NAME tick N".</summary>
    Task Start(string name, TimeSpan due, TimeSpan period, bool interleave, bool keepAlive);

    /// <summary>A timer whose first tick throws.</summary>
    Task StartThrowing(string name);

    /// <summary>
    /// Starts an immediate timer and, due later, an interleaving one, "NAME witness"; then executes until the signal "NAME busy may end".
    /// True when a tick of the first came meanwhile.
    /// </summary>
    Task<bool> StartAndStayBusy(string name, bool interleave);

    /// <summary>Changes the timer's due time to now.</summary>
    Task Fire(string name);

    Task Stop(string name);

    Task Leave();

    Task Remind(string name, TimeSpan due, TimeSpan period);

    Task<bool> Forget(string name);

    Task Nothing();
}
