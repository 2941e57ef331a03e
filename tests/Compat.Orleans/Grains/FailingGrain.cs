namespace Compat.Orleans.Grains;

public sealed class FailingGrain(Signals signals) : Grain, IFailingGrain
{
    public Task Throw(string message) => throw new InvalidDataException(message);

    public async Task<int> ThrowAfterAwait(string message)
    {
        await Task.Yield();
        throw new InvalidDataException(message);
    }

    public async Task Hang()
    {
        signals.Set("hang began");
        await signals.WaitFor("hang may end");
    }

    public async Task<string> HangUntilCancelled(CancellationToken stop)
    {
        signals.Set("hang began");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        finally
        {
            signals.Set("callee cancelled");
        }
        return "never";
    }

    public Task<int> Ping()
    {
        signals.Log.Enqueue("ping");
        return Task.FromResult(1);
    }
}
