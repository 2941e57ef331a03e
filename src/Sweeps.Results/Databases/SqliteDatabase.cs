using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Sweeps.Results.Files;

namespace Sweeps.Results.Databases;

/// <summary>A file of one head's own: no server, no set-up.</summary>
internal sealed class SqliteDatabase(string path) : ResultsDatabase
{
    private readonly string path = Path.GetFullPath(path);

    public override string Address => path;

    public override string TakeIds => "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = $table), 0) + 1 WHERE $count > 0";

    public override string BestConfiguration =>
        """
        (SELECT row FROM (
            SELECT json_array(json_extract(c.value, '$.index'), json_extract(c.value, '$.label'), json_extract(c.value, '$.mean'), json_extract(c.value, '$.n')) AS row,
                   json_extract(c.value, '$.mean') * iif(w.goal = 'Maximize', -1, 1) AS rank
            FROM json_each(w.summary_json, '$.configurations') c WHERE json_type(c.value, '$.mean') IN ('real', 'integer'))
         ORDER BY rank LIMIT 1)
        """;

    public override bool Exists() => File.Exists(path);

    public override WritingConnection OpenForWriting(IReadOnlyList<string> steps)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var databaseLock = DatabaseLock.Take(path);
        SqliteConnection? connection = null;
        try
        {
            connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true, Pooling = false,
            }.ToString());
            connection.Open();
            Schema.CheckReadable(connection, path, steps.Count);
            using (var command = connection.CreateCommand())
            {
                // The cache, 64 MiB instead of 2, keeps the indices of a large sweep.
                command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536";
                command.ExecuteNonQuery();
            }
            Schema.Migrate(connection, path, steps);
            return new Writing(connection, databaseLock);
        }
        catch
        {
            connection?.Dispose();
            databaseLock.Dispose();
            throw;
        }
    }

    public override void Use(DbContextOptionsBuilder options, DbConnection connection) => options.UseSqlite(connection);

    public override void UseForReading(DbContextOptionsBuilder options) =>
        options.UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly }.ToString());

    public override DbConnection OpenForReading()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public override int SchemaVersion(DbConnection connection, int known) => (int)Schema.CheckReadable((SqliteConnection)connection, path, known);

    public override DbTransaction Snapshot(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: true);

    public override void ClosePool(DbConnection connection) => SqliteConnection.ClearPool((SqliteConnection)connection);

    public override string Numbers(string parameter) => $"(SELECT value FROM json_each({parameter}))";

    public override string Texts(string parameter) => $"(SELECT value FROM json_each({parameter}))";

    public override bool IsOfDatabase(Exception exception) => SqliteErrors.Find(exception) is not null;

    public override bool IsConnectionLost(Exception exception) => false;

    public override Exception Explain(Exception exception) => SqliteErrors.Explain(exception, path);

    private sealed class Writing(SqliteConnection connection, DatabaseLock databaseLock) : WritingConnection
    {
        private bool? synced;

        public override DbConnection Connection => connection;

        // The write-ahead log is one sequence: a synced commit makes all earlier ones durable too, so that the points before a checkpoint are
        // as safe as it is.
        public override DbTransaction Begin(bool isDurable)
        {
            if (synced != isDurable)
            {
                using var command = connection.CreateCommand();
                command.CommandText = isDurable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
                command.ExecuteNonQuery();
                synced = isDurable;
            }
            return connection.BeginTransaction();
        }

        public override bool HasCommitted() => false;

        public override void Dispose()
        {
            connection.Dispose();
            databaseLock.Dispose();
        }
    }
}
