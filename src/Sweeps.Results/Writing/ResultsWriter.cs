using System.Data;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Databases;

namespace Sweeps.Results.Writing;

/// <summary>
/// The database's only writer: a bounded queue whose waiting operations are committed together. A commit that holds a decision is on the disk
/// when it returns, one of metric points alone is not; as either database's log is one sequence, a commit on the disk makes all earlier ones
/// durable too. A server that is lost is waited for, and asked then what it has committed.
/// </summary>
internal sealed class ResultsWriter : IAsyncDisposable
{
    private const int QueueLimit = 1024;
    private const int GroupLimit = 256;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly Channel<WriteOperation> queue = Channel.CreateBounded<WriteOperation>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TaskCompletionSource<ResultsException> storageFailure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ResultsDatabase database;
    private readonly Func<WriteSession> open;
    private readonly Task loop;
    private WriteSession session;

    /// <param name="database">The database.</param>
    /// <param name="open">Opens it; called again when the connection is lost.</param>
    public ResultsWriter(ResultsDatabase database, Func<WriteSession> open)
    {
        this.database = database;
        this.open = open;
        session = open();
        loop = Task.Run(LoopAsync);
    }

    /// <summary>Completes with the first failure of the database itself; a writer without one never completes it.</summary>
    public Task<ResultsException> StorageFailure => storageFailure.Task;

    /// <summary>Operations in the queue.</summary>
    public int Waiting => queue.Reader.Count;

    /// <summary>Queues an operation and waits until it is committed; waits for room first when the queue is full.</summary>
    public async Task<T> WriteAsync<T>(Func<WriteSession, T> action, bool isDurable, CancellationToken cancellation)
    {
        var operation = new WriteOperation<T>(action, isDurable);
        try
        {
            await queue.Writer.WriteAsync(operation, cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(ResultsStore));
        }
        return await operation.Answer;
    }

    /// <summary>Commits what is queued and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        session.Dispose();
    }

    private async Task LoopAsync()
    {
        var group = new List<WriteOperation>(GroupLimit);
        while (await queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < GroupLimit && queue.Reader.TryRead(out var operation)) group.Add(operation);
            if (await CommitAsync(group) is not { } failure) continue;
            if (IsLost(failure))
            {
                foreach (var operation in group) Fail(operation, failure);
                continue;
            }
            // The database refused the group and may have rolled it back whole: one by one, only the culprits fail.
            foreach (var operation in group)
                if (await CommitAsync([operation]) is { } exception) Fail(operation, exception);
        }
    }

    /// <summary>Executes and commits the operations together, on a new connection where one is lost.</summary>
    /// <returns>Null, or the exception because of which nothing of the group is committed.</returns>
    private async Task<Exception?> CommitAsync(IReadOnlyList<WriteOperation> group)
    {
        var refused = new Dictionary<WriteOperation, Exception>();
        var exception = TryCommit(group, refused);
        for (var began = Stopwatch.GetTimestamp(); exception is not null && IsLost(exception) && Stopwatch.GetElapsedTime(began) < database.Patience;)
        {
            await Task.Delay(RetryAfter);
            session.Dispose();
            try
            {
                session = open();
                // The answer to a commit may be what was lost.
                exception = session.Writing.HasCommitted() ? null : TryCommit(group, refused);
            }
            catch (Exception again)
            {
                // That another head has it meanwhile may be this one's own lost connection, whose end the server has not noticed yet.
                if (again is not ResultsException { Failure: ResultsFailure.InUse }) exception = again;
            }
        }
        if (exception is not null) return exception;
        foreach (var operation in group)
        {
            if (refused.TryGetValue(operation, out var refusal)) operation.Fail(refusal);
            else operation.Complete();
        }
        return null;
    }

    private Exception? TryCommit(IReadOnlyList<WriteOperation> group, Dictionary<WriteOperation, Exception> refused)
    {
        refused.Clear();
        try
        {
            using var transaction = session.Begin(group.Any(operation => operation.IsDurable));
            foreach (var operation in group)
            {
                transaction.Save("operation");
                try
                {
                    operation.Execute(session);
                    session.Flush();
                }
                catch (Exception exception) when (!database.IsOfDatabase(exception))
                {
                    session.Context.ChangeTracker.Clear();
                    transaction.Rollback("operation");
                    refused[operation] = exception;
                }
                transaction.Release("operation");
            }
            transaction.Commit();
            return null;
        }
        catch (Exception exception)
        {
            session.Context.ChangeTracker.Clear();
            return exception;
        }
        finally
        {
            session.Context.Database.UseTransaction(null);
        }
    }

    private bool IsLost(Exception exception) => database.IsConnectionLost(exception) || session.Writing.Connection.State != ConnectionState.Open;

    private void Fail(WriteOperation operation, Exception exception)
    {
        var explained = database.Explain(exception);
        operation.Fail(explained);
        if (explained is ResultsException { IsStorageFailure: true } failure) storageFailure.TrySetResult(failure);
    }
}
