using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Databases;

namespace Sweeps.Results.Writing;

/// <summary>What a write operation works with: EF's context and the prepared statements, in one transaction.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly TimeProvider time;
    private readonly PreparedStatements statements;
    private readonly PreparedStatement addEvent;

    public WriteSession(ResultsDatabase database, WritingConnection writing, TimeProvider time)
    {
        Writing = writing;
        this.time = time;
        var options = new DbContextOptionsBuilder<ResultsContext>();
        database.Use(options, writing.Connection);
        Context = new ResultsContext(options.Options);
        Context.Database.AutoSavepointsEnabled = false;
        statements = new PreparedStatements(writing.Connection);
        addEvent = statements.Prepare("INSERT INTO events (at, sweep_id, kind, text) VALUES ($at, $sweep, $kind, $text)");
        Metrics = new MetricStatements(statements);
        Attempts = new AttemptStatements(statements);
        Sweeps = new SweepStatements(statements, database);
    }

    public WritingConnection Writing { get; }

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

    /// <summary>Begins a transaction, of which EF and the statements are part until it is disposed of.</summary>
    public DbTransaction Begin(bool isDurable)
    {
        var transaction = Writing.Begin(isDurable);
        Context.Database.UseTransaction(transaction);
        statements.Enlist(transaction);
        return transaction;
    }

    public void Dispose()
    {
        statements.Dispose();
        Context.Dispose();
        Writing.Dispose();
    }
}
