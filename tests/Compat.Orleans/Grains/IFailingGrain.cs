namespace Compat.Orleans.Grains;

public interface IFailingGrain : IGrainWithIntegerKey
{
    Task Throw(string message);

    Task<int> ThrowAfterAwait(string message);

    /// <summary>Begins, then waits for a signal that nobody sends.</summary>
    Task Hang();

    Task<string> HangUntilCancelled(CancellationToken stop);

    Task<int> Ping();
}
