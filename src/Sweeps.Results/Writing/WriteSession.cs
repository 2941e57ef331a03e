using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Sweeps.Results.Writing;

/// <summary>What a write operation works with: EF's context and the prepared statements, in one transaction.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly TimeProvider time;
    private readonly PreparedStatements statements;
    private readonly PreparedStatement addEvent;

    public WriteSession(ResultsContext context, SqliteConnection connection, TimeProvider time)
    {
        Context = context;
        this.connection = connection;
        this.time = time;
        statements = new PreparedStatements(connection);
        addEvent = statements.Prepare("INSERT INTO events (at, sweep_id, kind, text) VALUES ($at, $sweep, $kind, $text)");
        Metrics = new MetricStatements(statements);
        Attempts = new AttemptStatements(statements);
        Sweeps = new SweepStatements(statements);
    }

    public ResultsContext Context { get; }

    public MetricStatements Metrics { get; }

    public AttemptStatements Attempts { get; }

    public SweepStatements Sweeps { get; }

    public DateTimeOffset Now => time.GetUtcNow();

    public void AddEvent(long? sweepId, string kind, string text) =>
        addEvent.Execute(Now.ToUnixTimeMilliseconds(), sweepId, kind, text);

    /// <summary>Sends what is pending to the database and forgets it, so that raw statements and later operations see one truth.</summary>
    public void Flush()
    {
        Context.SaveChanges();
        Context.ChangeTracker.Clear();
    }

    public IDbContextTransaction Begin()
    {
        var transaction = Context.Database.BeginTransaction();
        statements.Enlist((SqliteTransaction)transaction.GetDbTransaction());
        return transaction;
    }

    public void Dispose()
    {
        statements.Dispose();
        Context.Dispose();
        connection.Dispose();
    }
}
