using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Sweeps.Results.Databases;

/// <summary>
/// The database that results are in: a SQLite file, or one of a PostgreSQL server. Here is all that differs between them; the model, the
/// schema's steps, statements and queries are the same, in the SQL that both understand.
/// </summary>
internal abstract class ResultsDatabase
{
    /// <summary>How it is called: the file's full path, or the address without a password.</summary>
    public abstract string Address { get; }

    /// <summary>How long a server that does not answer is waited for before what was asked of it fails.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The SQL that reserves <c>$count</c> ids in <c>$table</c> and gives the first.</summary>
    public abstract string TakeIds { get; }

    /// <summary>
    /// SQL for what is shown of a sweep's <c>summary_json</c> in lists, about <c>w</c>: of the configuration with the best mean a JSON array of
    /// index, label, mean and n; NULL without any.
    /// </summary>
    public abstract string BestConfiguration { get; }

    /// <summary>The database of an address: <c>postgres://user@host:port/name</c>, or a path.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isShared">Whether several heads are to write to it.</param>
    /// <exception cref="ResultsException">It is no address, or a file that is to be shared.</exception>
    public static ResultsDatabase Of(string address, bool isShared = false) =>
        PostgresAddress.IsOne(address) ? new PostgresDatabase(PostgresAddress.Parse(address), isShared)
        : address.Contains("://", StringComparison.Ordinal) ? throw new ResultsException(ResultsFailure.Refused, $"The results are in a file, or in postgres://user@host:port/name, not in {address}.")
        : !isShared ? new SqliteDatabase(address)
        : throw new ResultsException(ResultsFailure.Refused, $"Several heads cannot share the file {address}: give them a PostgreSQL database, --database postgres://user@host:port/name.");

    /// <summary>Whether there are tables in it.</summary>
    public abstract bool Exists();

    /// <summary>Opens it for its writer, creates its tables or brings older ones forward.</summary>
    /// <param name="steps">The steps of the schema.</param>
    public abstract WritingConnection OpenForWriting(IReadOnlyList<string> steps);

    /// <summary>Makes EF use a writer's connection.</summary>
    public abstract void Use(DbContextOptionsBuilder options, DbConnection connection);

    /// <summary>Makes EF open connections for reading alone.</summary>
    public abstract void UseForReading(DbContextOptionsBuilder options);

    /// <summary>A connection for reading that is not kept after its end.</summary>
    public abstract DbConnection OpenForReading();

    /// <summary>Reads the version of the schema.</summary>
    /// <exception cref="ResultsException">It is newer than this program, or none of ours.</exception>
    public abstract int SchemaVersion(DbConnection connection, int known);

    /// <summary>Lets all that is read until it is disposed of be what was committed when the first of it was.</summary>
    public abstract DbTransaction Snapshot(DbConnection connection);

    /// <summary>Closes connections that are kept for later.</summary>
    public abstract void ClosePool(DbConnection connection);

    /// <summary>SQL of the elements of a JSON array of whole numbers that a parameter has.</summary>
    public abstract string Numbers(string parameter);

    /// <summary>SQL of the elements of a JSON array of texts that a parameter has.</summary>
    public abstract string Texts(string parameter);

    /// <summary>Whether an exception comes from the database, so that its transaction is over.</summary>
    public abstract bool IsOfDatabase(Exception exception);

    /// <summary>Whether trying again on a new connection may help.</summary>
    public abstract bool IsConnectionLost(Exception exception);

    /// <summary>The exception for the caller: one sentence for what a user can cause, the original for a bug of ours.</summary>
    public abstract Exception Explain(Exception exception);
}
