namespace Orleans.Runtime;

/// <summary>One call of a grain, or one tick of its timer, on its way to an activation.</summary>
internal sealed class Request
{
    private readonly TaskCompletionSource<object?> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool abandoned;

    public required string Name { get; init; }

    public required Func<Grain, Task<object?>> Invoke { get; init; }

    public bool Interleaves { get; init; }

    /// <summary>Whether it counts as activity of the activation.</summary>
    public bool KeepsAlive { get; init; } = true;

    /// <summary>Whether it concerns this activation alone and dies with it.</summary>
    public bool IsTick { get; init; }

    /// <summary>True when nobody waits for the result any more; a request that has not begun is then dropped.</summary>
    public bool Abandoned => abandoned;

    public Task<object?> Result => completion.Task;

    public async Task ExecuteAsync(Grain grain)
    {
        try
        {
            var result = await Invoke(grain);
            if (!abandoned) completion.TrySetResult(result);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    public void Fail(Exception exception)
    {
        if (!abandoned) completion.TrySetException(exception);
    }

    public void Abandon() => abandoned = true;
}
