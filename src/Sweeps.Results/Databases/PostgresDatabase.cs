using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Sweeps.Results.Databases;

/// <summary>
/// A database of a PostgreSQL server (14 or later), of one head or of several. One head holds an advisory lock, which ends with its connection; several share it, and
/// take another one for each transaction, so that they write one after the other: what holds for one writer holds for all of them, and events are
/// visible in their order. A writer that vanishes in the middle of a transaction is given up by the server after <see cref="IdleLimit"/>.
/// </summary>
internal sealed class PostgresDatabase(PostgresAddress address, bool isShared = false) : ResultsDatabase
{
    /// <summary>"SWEP", as SQLite files have it.</summary>
    private const int LockClass = Files.Schema.ApplicationId;
    private const int HeadLock = 1;
    private const int TransactionLock = 2;
    private const int MigrationLock = 3;
    private const string IdleLimit = "5s";

    /// <summary>Seconds for a connection, for giving the lock back, and for any other statement.</summary>
    private const int ConnectLimit = 10;
    private const int UnlockLimit = 5;
    private const int StatementLimit = 60;

    /// <summary>Reading connections that a process keeps at most.</summary>
    private const int Readers = 20;

    private readonly string writerId = Guid.NewGuid().ToString("N");
    private long lastTransaction;

    public override string Address => address.Text;

    public override string TakeIds =>
        "WITH s AS (SELECT CAST(pg_get_serial_sequence($table, 'id') AS regclass) AS name) SELECT setval(s.name, nextval(s.name) + $count - 1) - $count + 1 FROM s";

    public override string BestConfiguration =>
        """
        (SELECT CAST(json_build_array(c.value -> 'index', c.value -> 'label', c.value -> 'mean', c.value -> 'n') AS text)
         FROM json_array_elements(CAST(w.summary_json AS json) -> 'configurations') c (value) WHERE json_typeof(c.value -> 'mean') = 'number'
         ORDER BY CAST(c.value ->> 'mean' AS double precision) * CASE WHEN w.goal = 'Maximize' THEN -1 ELSE 1 END LIMIT 1)
        """;

    public override bool Exists()
    {
        using var connection = (NpgsqlConnection)Explained(OpenForReading);
        return PostgresSchema.Exists(connection);
    }

    public override WritingConnection OpenForWriting(IReadOnlyList<string> steps)
    {
        var settings = Settings();
        settings.Pooling = false;
        // Of whatever is executed twice.
        settings.MaxAutoPrepare = 200;
        settings.AutoPrepareMinUsages = 2;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, $"SET idle_in_transaction_session_timeout = '{IdleLimit}'; SET synchronous_commit = on; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 5");
            using (var transaction = connection.BeginTransaction())
            {
                // Heads that start at the same time go one after the other.
                Execute(connection, $"SELECT pg_advisory_xact_lock({LockClass}, {MigrationLock})");
                var version = PostgresSchema.Version(connection, address, steps.Count);
                var isAlone = !isShared || version < steps.Count;
                if (!TryLock(connection, isAlone)) throw InUse(connection);
                if (version < steps.Count) PostgresSchema.Migrate(connection, version, steps);
                if (isAlone && isShared)
                {
                    TryLock(connection, isAlone: false);
                    Execute(connection, $"SELECT pg_advisory_unlock({LockClass}, {HeadLock})");
                }
                if (!isShared) Execute(connection, $"DELETE FROM writers WHERE id <> '{writerId}'");
                transaction.Commit();
            }
            return new Writing(this, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override void Use(DbContextOptionsBuilder options, DbConnection connection) => options.UseNpgsql(connection);

    public override void UseForReading(DbContextOptionsBuilder options)
    {
        var settings = Settings();
        settings.MaxPoolSize = Readers;
        settings.NoResetOnClose = true;
        options.UseNpgsql(settings.ConnectionString);
    }

    public override DbConnection OpenForReading()
    {
        var settings = Settings();
        settings.Pooling = false;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        connection.Open();
        return connection;
    }

    public override int SchemaVersion(DbConnection connection, int known) => PostgresSchema.Version((NpgsqlConnection)connection, address, known);

    public override DbTransaction Snapshot(DbConnection connection) => connection.BeginTransaction(IsolationLevel.RepeatableRead);

    public override void ClosePool(DbConnection connection) => NpgsqlConnection.ClearPool((NpgsqlConnection)connection);

    public override string Numbers(string parameter) => $"(SELECT CAST(value AS bigint) AS value FROM json_array_elements_text(CAST({parameter} AS json)))";

    public override string Texts(string parameter) => $"(SELECT value FROM json_array_elements_text(CAST({parameter} AS json)))";

    public override bool IsOfDatabase(Exception exception) => PostgresErrors.Find(exception) is not null;

    public override bool IsConnectionLost(Exception exception) => PostgresErrors.IsConnectionLost(exception);

    public override Exception Explain(Exception exception) => PostgresErrors.Explain(exception, address);

    private NpgsqlConnectionStringBuilder Settings()
    {
        var settings = address.ConnectionString();
        settings.ApplicationName = string.Create(CultureInfo.InvariantCulture, $"sweeps on {Environment.MachineName}, process {Environment.ProcessId}");
        settings.Timeout = ConnectLimit;
        settings.CommandTimeout = StatementLimit;
        return settings;
    }

    private T Explained<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (Explain(exception) is var explained && explained != exception)
        {
            throw explained;
        }
    }

    private static bool TryLock(NpgsqlConnection connection, bool isAlone)
    {
        using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock{(isAlone ? "" : "_shared")}({LockClass}, {HeadLock})", connection);
        return (bool)command.ExecuteScalar()!;
    }

    private ResultsException InUse(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            $"""
            SELECT string_agg(DISTINCT a.application_name, '; ') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.classid = {LockClass} AND l.objid = {HeadLock} AND l.granted AND l.pid <> pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """, connection);
        var owners = command.ExecuteScalar() as string;
        return new ResultsException(ResultsFailure.InUse,
            $"Another sweeps process{(owners is null ? "" : $" ({owners})")} is using {address.Text}: wait for it, stop it, or use another database.");
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private sealed class Writing : WritingConnection
    {
        private readonly PostgresDatabase database;
        private readonly NpgsqlConnection connection;
        private readonly NpgsqlCommand begin;

        public Writing(PostgresDatabase database, NpgsqlConnection connection)
        {
            this.database = database;
            this.connection = connection;
            // With BEGIN, in one round trip. The lock comes first: what follows sees all that others committed before.
            begin = new NpgsqlCommand(
                $"""
                SELECT pg_advisory_xact_lock({LockClass}, {TransactionLock});
                INSERT INTO writers (id, last) VALUES (@id, @last) ON CONFLICT (id) DO UPDATE SET last = excluded.last
                """, connection);
            begin.Parameters.AddWithValue("@id", database.writerId);
            begin.Parameters.AddWithValue("@last", 0L);
        }

        public override DbConnection Connection => connection;

        // Metric points too: a server can crash and come back while heads and workers, who were told that it has them, go on.
        public override DbTransaction Begin(bool isDurable)
        {
            begin.Parameters[1].Value = ++database.lastTransaction;
            var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
            begin.Transaction = transaction;
            begin.ExecuteNonQuery();
            return transaction;
        }

        public override bool HasCommitted()
        {
            using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
            // The lost one may still be under way in the server; it has the lock then.
            Execute(connection, $"SELECT pg_advisory_xact_lock({LockClass}, {TransactionLock})");
            using var command = new NpgsqlCommand("SELECT last FROM writers WHERE id = @id", connection, transaction);
            command.Parameters.AddWithValue("@id", database.writerId);
            return command.ExecuteScalar() is long last && last == database.lastTransaction;
        }

        public override void Dispose()
        {
            begin.Dispose();
            GiveUpLock();
            connection.Dispose();
        }

        /// <summary>The server gives the lock back some time after the connection has ended, when whoever comes next may have been refused already.</summary>
        private void GiveUpLock()
        {
            if (connection.State != ConnectionState.Open) return;
            try
            {
                using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection) { CommandTimeout = UnlockLimit };
                command.ExecuteNonQuery();
            }
            catch (NpgsqlException)
            {
                // The connection is broken, or in the middle of a transaction that failed: its end gives the lock back.
            }
        }
    }
}
