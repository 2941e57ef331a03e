namespace Sweeps.Results.Writing;

/// <summary>
/// One write that waits for the writer. It may be executed more than once before it is committed, so that it must derive all that it
/// does from the database alone.
/// </summary>
internal abstract class WriteOperation
{
    /// <summary>True for decisions, which must be on the disk before they are announced.</summary>
    public abstract bool IsDurable { get; }

    /// <summary>Executes it in the current transaction and keeps its answer.</summary>
    public abstract void Execute(WriteSession session);

    /// <summary>Hands the answer to the caller; called after the commit.</summary>
    public abstract void Complete();

    /// <summary>Hands an exception to the caller.</summary>
    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal sealed class WriteOperation<T>(Func<WriteSession, T> action, bool isDurable) : WriteOperation
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T answer = default!;

    public Task<T> Answer => completion.Task;

    public override bool IsDurable => isDurable;

    public override void Execute(WriteSession session) => answer = action(session);

    public override void Complete() => completion.TrySetResult(answer);

    public override void Fail(Exception exception) => completion.TrySetException(exception);
}
