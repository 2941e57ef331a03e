using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Sweeps.Results.Records;

namespace Sweeps.Results.Writing;

/// <summary>What a write operation works with: EF's context and the prepared statements, in one transaction.</summary>
internal sealed class WriteSession(ResultsContext context, SqliteConnection connection, TimeProvider time) : IDisposable
{
    public ResultsContext Context => context;

    public MetricStatements Metrics { get; } = new(connection);

    public DateTimeOffset Now => time.GetUtcNow();

    public void AddEvent(long? sweepId, string kind, string text) =>
        context.Events.Add(new EventRecord { At = Now, SweepId = sweepId, Kind = kind, Text = text });

    /// <summary>Sends what is pending to the database and forgets it, so that raw statements and later operations see one truth.</summary>
    public void Flush()
    {
        context.SaveChanges();
        context.ChangeTracker.Clear();
    }

    public IDbContextTransaction Begin()
    {
        var transaction = context.Database.BeginTransaction();
        Metrics.Enlist((SqliteTransaction)transaction.GetDbTransaction());
        return transaction;
    }

    public void Dispose()
    {
        Metrics.Dispose();
        context.Dispose();
        connection.Dispose();
    }
}
