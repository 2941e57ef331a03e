using System.Data.Common;

namespace Sweeps.Results.Databases;

/// <summary>The connection of a database's writer, with the lock that makes it the only one. Disposing of it gives both back.</summary>
internal abstract class WritingConnection : IDisposable
{
    /// <summary>The connection; nothing is open on it but what the writer does.</summary>
    public abstract DbConnection Connection { get; }

    /// <summary>Begins a transaction.</summary>
    /// <param name="isDurable">Whether its commit is to be on the disk when it returns.</param>
    public abstract DbTransaction Begin(bool isDurable);

    /// <summary>Whether the last transaction that this process began, on a connection that was lost since, was committed all the same.</summary>
    public abstract bool HasCommitted();

    /// <inheritdoc/>
    public abstract void Dispose();
}
