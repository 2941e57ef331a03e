using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Sweeps.Results.Files;

/// <summary>Turns SQLite's result codes (https://sqlite.org/rescode.html) into sentences.</summary>
internal static class SqliteErrors
{
    /// <summary>The SQLite exception in <paramref name="exception"/> or beneath it, or null.</summary>
    public static SqliteException? Find(Exception exception) => exception switch
    {
        SqliteException sqlite => sqlite,
        DbUpdateException { InnerException: { } inner } => Find(inner),
        _ => null,
    };

    /// <summary>The exception for the caller: one sentence for what a user can cause, the original for a bug of ours.</summary>
    public static Exception Explain(Exception exception, string path) => exception switch
    {
        ResultsException => exception,
        UnauthorizedAccessException => new ResultsException(ResultsFailure.Inaccessible,
            $"No permission to write {path}: change its owner or use another --home.", exception),
        IOException => new ResultsException(ResultsFailure.Inaccessible, $"Cannot use {path}: {FirstLine(exception.Message)}", exception),
        InvalidDataException => new ResultsException(ResultsFailure.Corrupt, Damaged(path), exception),
        _ => Find(exception) is { } sqlite ? Explain(sqlite, path, exception) : exception,
    };

    private static Exception Explain(SqliteException sqlite, string path, Exception original) => sqlite.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_FULL => new ResultsException(ResultsFailure.DiskFull,
            $"The disk that holds {path} is full: free some space and run the same command again; what was recorded before is kept.", original),
        SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM => new ResultsException(ResultsFailure.Inaccessible,
            $"The database {path} cannot be written: it, its directory or its file system is read-only.", original),
        SQLitePCL.raw.SQLITE_CANTOPEN => new ResultsException(ResultsFailure.Inaccessible,
            $"The database {path} cannot be opened: check that its directory exists and may be written.", original),
        SQLitePCL.raw.SQLITE_IOERR => new ResultsException(ResultsFailure.Inaccessible,
            $"Reading or writing {path} failed ({FirstLine(sqlite.Message)}): check the disk and its free space.", original),
        SQLitePCL.raw.SQLITE_CORRUPT => new ResultsException(ResultsFailure.Corrupt, Damaged(path), original),
        SQLitePCL.raw.SQLITE_NOTADB => new ResultsException(ResultsFailure.Corrupt,
            $"{path} is not a results database: move it away, or use another --home.", original),
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => new ResultsException(ResultsFailure.InUse,
            $"Another program holds the database {path}: close it and run the same command again.", original),
        _ => original,
    };

    private static string Damaged(string path) =>
        $"The database {path} is damaged: restore it from a backup, or move it away to begin with an empty one.";

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd('.', '\r');
}
