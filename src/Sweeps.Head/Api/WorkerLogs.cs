using System.Text;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Head.Api;

/// <summary>The workers' log files; one whose machine does not see this directory sends its lines.</summary>
/// <param name="directory">Where they lie.</param>
internal sealed class WorkerLogs(string directory)
{
    /// <summary>No more of a log than this is read, however long its lines are.</summary>
    private const int MostBytes = 1 << 20;

    private readonly SemaphoreSlim appending = new(1);

    /// <summary>Appends bytes that begin at a place of the log; those that it has already, and those after a gap, are left out.</summary>
    /// <returns>How much of the log is there.</returns>
    public async Task<long> AppendAsync(AttemptKey attempt, long offset, Stream text, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await text.CopyToAsync(bytes, cancellation);
        Directory.CreateDirectory(directory);
        await appending.WaitAsync(cancellation);
        try
        {
            await using var file = new FileStream(FileOf(attempt), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            var known = file.Length - offset;
            if (known < 0 || known >= bytes.Length) return file.Length;
            file.Seek(0, SeekOrigin.End);
            await file.WriteAsync(bytes.GetBuffer().AsMemory((int)known, (int)(bytes.Length - known)), CancellationToken.None);
            return file.Length;
        }
        finally
        {
            appending.Release();
        }
    }

    /// <summary>The last lines of a log, and whether there are more before them; none where there is no log.</summary>
    public async Task<(IReadOnlyList<string> Lines, bool IsCut)> TailAsync(AttemptKey attempt, int most, CancellationToken cancellation)
    {
        if (!File.Exists(FileOf(attempt))) return ([], false);
        await using var file = new FileStream(FileOf(attempt), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var from = Math.Max(0, file.Length - MostBytes);
        file.Position = from;
        var bytes = new byte[file.Length - from];
        var count = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        var lines = Encoding.UTF8.GetString(bytes, 0, count).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        // What is before the first line end may be the rest of a line.
        if (from > 0 && lines.Length > 1) lines = lines[1..];
        return (lines is [""] ? [] : [.. lines.TakeLast(most)], from > 0 || lines.Length > most);
    }

    private string FileOf(AttemptKey attempt) => Path.Combine(directory, attempt + ".log");
}
