using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Files;

namespace Sweeps.Results.Writing;

/// <summary>
/// The database's only writer: a bounded queue whose waiting operations are committed together. A commit that holds a decision is
/// synced to the disk (<c>synchronous=FULL</c>), one of metric points alone is not (<c>NORMAL</c>); as the write-ahead log is one
/// sequence, a synced commit makes all earlier ones durable too, so that the points before a checkpoint are as safe as it is.
/// </summary>
internal sealed class ResultsWriter : IAsyncDisposable
{
    private const int QueueLimit = 1024;
    private const int GroupLimit = 256;

    private readonly Channel<WriteOperation> queue = Channel.CreateBounded<WriteOperation>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TaskCompletionSource<ResultsException> storageFailure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WriteSession session;
    private readonly string path;
    private readonly Task loop;
    private bool? synced;

    public ResultsWriter(WriteSession session, string path)
    {
        this.session = session;
        this.path = path;
        loop = Task.Run(LoopAsync);
    }

    /// <summary>Completes with the first failure of the file itself; a writer without one never completes it.</summary>
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
            if (TryCommit(group) is null) continue;
            // The file refused the group and SQLite may have rolled it back whole: one by one, only the culprits fail.
            foreach (var operation in group)
                if (TryCommit([operation]) is { } exception) Fail(operation, exception);
        }
    }

    /// <summary>Executes and commits the operations together.</summary>
    /// <returns>Null, or the exception because of which nothing of the group is committed.</returns>
    private Exception? TryCommit(IReadOnlyList<WriteOperation> group)
    {
        var refused = new Dictionary<WriteOperation, Exception>();
        try
        {
            SetSynced(group.Any(operation => operation.IsDurable));
            using var transaction = session.Begin();
            foreach (var operation in group)
            {
                transaction.CreateSavepoint("operation");
                try
                {
                    operation.Execute(session);
                    session.Flush();
                }
                catch (Exception exception) when (SqliteErrors.Find(exception) is null)
                {
                    session.Context.ChangeTracker.Clear();
                    transaction.RollbackToSavepoint("operation");
                    refused[operation] = exception;
                }
                transaction.ReleaseSavepoint("operation");
            }
            transaction.Commit();
        }
        catch (Exception exception)
        {
            session.Context.ChangeTracker.Clear();
            return exception;
        }
        foreach (var operation in group)
        {
            if (refused.TryGetValue(operation, out var exception)) operation.Fail(exception);
            else operation.Complete();
        }
        return null;
    }

    private void Fail(WriteOperation operation, Exception exception)
    {
        var explained = SqliteErrors.Explain(exception, path);
        operation.Fail(explained);
        if (explained is ResultsException { IsStorageFailure: true } failure) storageFailure.TrySetResult(failure);
    }

    private void SetSynced(bool value)
    {
        if (synced == value) return;
        session.Context.Database.ExecuteSqlRaw(value ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        synced = value;
    }
}
