using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Sweeps.Results.Databases;

/// <summary>Turns PostgreSQL's error codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) into sentences.</summary>
internal static class PostgresErrors
{
    /// <summary>Npgsql's exception in <paramref name="exception"/> or beneath it, or null.</summary>
    public static NpgsqlException? Find(Exception? exception) => exception switch
    {
        null => null,
        NpgsqlException npgsql => npgsql,
        DbUpdateException or InvalidOperationException => Find(exception.InnerException),
        _ => null,
    };

    /// <summary>Whether the connection is gone, or another try may have what this one could not.</summary>
    public static bool IsConnectionLost(Exception exception) => Find(exception) switch
    {
        // Class 08: connection; 57P01 to 57P03: the server shuts down, has crashed or starts; 25P03, 57P05: the session idled for too long; 40001, 40P01: try again.
        PostgresException { SqlState: var state } => state.StartsWith("08", StringComparison.Ordinal) || state is "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "40001" or "40P01",
        not null => true,
        null => false,
    };

    /// <summary>The exception for the caller.</summary>
    public static Exception Explain(Exception exception, PostgresAddress address) => exception switch
    {
        ResultsException => exception,
        InvalidDataException => new ResultsException(ResultsFailure.Corrupt, $"The database {address.Text} is damaged: restore it from a backup.", exception),
        _ => Find(exception) switch
        {
            null => exception,
            PostgresException error => Explain(error, address, exception),
            var lost => new ResultsException(ResultsFailure.Inaccessible,
                $"The database server of {address.Text} does not answer ({FirstLine((lost.InnerException ?? lost).Message)}): see that it runs and may be reached, and run the same command again; what was recorded before is kept.", exception),
        },
    };

    private static Exception Explain(PostgresException error, PostgresAddress address, Exception original)
    {
        var (failure, message) = error.SqlState switch
        {
            "53100" => (ResultsFailure.DiskFull, $"The disk of the database {address.Text} is full: free some space and run the same command again; what was recorded before is kept."),
            "53300" => (ResultsFailure.Inaccessible, $"The database server of {address.Text} has no connection left: raise its max_connections."),
            "3D000" => (ResultsFailure.Inaccessible, $"There is no such database: {address.Text}. Make it with createdb, or CREATE DATABASE, first."),
            "28000" or "28P01" => (ResultsFailure.Inaccessible, $"The database server refuses this user ({FirstLine(error.MessageText)}): its password belongs into a file that {PostgresAddress.PasswordFileVariable} names, or into ~/.pgpass."),
            "42501" => (ResultsFailure.Inaccessible, $"The user of {address.Text} may not do what is needed ({FirstLine(error.MessageText)}): make it the owner of the database."),
            "25006" => (ResultsFailure.Inaccessible, $"The database {address.Text} cannot be written: it is read-only, perhaps a standby."),
            "22021" or "22P05" => (ResultsFailure.Refused, "A text has a character that PostgreSQL cannot store, perhaps a NUL: take it out."),
            "55P03" => (ResultsFailure.InUse, $"Another program holds the database {address.Text}: close it and run the same command again."),
            ['5', '8', ..] => (ResultsFailure.Inaccessible, $"The database server of {address.Text} cannot read or write ({FirstLine(error.MessageText)}): look at its log and its disk."),
            ['X', 'X', ..] => (ResultsFailure.Corrupt, $"The database {address.Text} is damaged ({FirstLine(error.MessageText)}): restore it from a backup."),
            _ when IsConnectionLost(error) => (ResultsFailure.Inaccessible, $"The database server of {address.Text} ended the connection ({FirstLine(error.MessageText)}): see that it runs, and run the same command again; what was recorded before is kept."),
            _ => (ResultsFailure.Refused, null),
        };
        return message is null ? original : new ResultsException(failure, message, original);
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd('.', '\r');
}
