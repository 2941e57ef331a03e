using System.Globalization;

namespace Sweeps.Results.Files;

/// <summary>
/// Makes one process the database's only writer: an exclusive operating-system lock on <c>PATH.lock</c>, which the system
/// releases however the process ends. The owner's process id lies beside it in <c>PATH.pid</c>, because a locked file cannot be read.
/// </summary>
internal sealed class DatabaseLock : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream file;
    private readonly string pidPath;

    private DatabaseLock(FileStream file, string pidPath)
    {
        this.file = file;
        this.pidPath = pidPath;
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="ResultsException">Another process has it; the message names its process id.</exception>
    public static DatabaseLock Take(string databasePath)
    {
        var pidPath = databasePath + ".pid";
        FileStream file;
        try
        {
            file = new FileStream(databasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation)
        {
            var owner = ReadOwner(pidPath);
            throw new ResultsException(ResultsFailure.InUse, owner is { } pid
                ? $"Another sweeps process (pid {pid}) is using {databasePath}: wait for it, stop it, or use another --home."
                : $"Another sweeps process is using {databasePath}: wait for it, stop it, or use another --home.", exception);
        }
        try
        {
            File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return new DatabaseLock(file, pidPath);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            File.Delete(pidPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The lock is what counts; a stale pid is never believed without it.
        }
        file.Dispose();
    }

    private static int? ReadOwner(string pidPath)
    {
        try
        {
            return int.TryParse(File.ReadAllText(pidPath), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
