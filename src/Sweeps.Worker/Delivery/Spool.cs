using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>
/// The file between training and the head: points, checkpoints and texts in the order in which they came, one JSON line each. The first
/// line is the position up to which the head has acknowledged them; when that is all, the file is cut back to it. A line is handed to
/// the operating system before <see cref="Append"/> returns, so a killed process loses none, and a process that opens the spool of
/// a killed one goes on where that was.
/// </summary>
public sealed class Spool : IDisposable
{
    private const int HeaderLength = 21;
    private const int BatchBytes = 64 * 1024;
    private readonly Lock gate = new();
    private readonly SafeFileHandle file;
    private readonly byte[] buffer = new byte[BatchBytes];
    private long acknowledged;
    private long length;

    private Spool(string path)
    {
        Path = path;
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        length = RandomAccess.GetLength(file);
        if (length < HeaderLength)
        {
            Clear();
            return;
        }
        var read = RandomAccess.Read(file, buffer.AsSpan(0, HeaderLength), 0);
        if (!long.TryParse(Encoding.ASCII.GetString(buffer, 0, read).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out acknowledged)
            || acknowledged < HeaderLength || acknowledged > length) acknowledged = HeaderLength;
        CutUnfinishedLine();
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Opens or begins the spool of an attempt.</summary>
    /// <exception cref="AssignmentException">It cannot be written, or another process has it open.</exception>
    public static Spool Open(string directory, string attemptId)
    {
        var path = System.IO.Path.Combine(directory, $"{attemptId}.spool");
        try
        {
            Directory.CreateDirectory(directory);
            return new Spool(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AssignmentException($"{path}: the spool cannot be opened: {exception.Message}");
        }
    }

    /// <summary>Adds a line.</summary>
    public void Append(SpoolEntry entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, WorkerJson.Default.SpoolEntry), (byte)'\n'];
        lock (gate)
        {
            RandomAccess.Write(file, line, length);
            length += line.Length;
        }
    }

    /// <summary>The first entries that are not acknowledged, as many as fit into one request; null when there are none. Call from one thread only.</summary>
    public SpoolBatch? Read()
    {
        int available;
        lock (gate) available = (int)Math.Min(length - acknowledged, BatchBytes);
        var lines = buffer.AsSpan(0, RandomAccess.Read(file, buffer.AsSpan(0, available), acknowledged));
        var points = new List<MetricPoint>();
        var end = acknowledged;
        while (lines.IndexOf((byte)'\n') is var newline and >= 0)
        {
            var entry = Parse(lines[..newline]);
            if ((entry?.Checkpoint is not null || entry?.Sample is not null) && points.Count > 0) break;
            end += newline + 1;
            if (entry?.Checkpoint is { } checkpoint) return new SpoolBatch([], checkpoint, end);
            if (entry?.Sample is { } sample) return new SpoolBatch([], null, end) { Sample = sample };
            if (entry?.Point is { } point) points.Add(point);
            lines = lines[(newline + 1)..];
        }
        return end == acknowledged ? null : new SpoolBatch(points, null, end);
    }

    /// <summary>Forgets the entries before a position.</summary>
    public void Acknowledge(long end)
    {
        lock (gate)
        {
            acknowledged = end;
            if (acknowledged == length) Clear();
            else WriteHeader(acknowledged);
        }
    }

    /// <summary>Removes the file.</summary>
    public void Delete()
    {
        Dispose();
        File.Delete(Path);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // The header comes first: killed between the two writes, the next process sends entries again, which changes nothing.
    private void Clear()
    {
        WriteHeader(HeaderLength);
        RandomAccess.SetLength(file, HeaderLength);
        acknowledged = length = HeaderLength;
    }

    private void WriteHeader(long position) => RandomAccess.Write(file, Encoding.ASCII.GetBytes($"{position:D20}\n"), 0);

    private void CutUnfinishedLine()
    {
        for (var last = new byte[1]; length > HeaderLength; length--)
        {
            RandomAccess.Read(file, last, length - 1);
            if (last[0] == (byte)'\n') break;
        }
        RandomAccess.SetLength(file, length);
        acknowledged = Math.Min(acknowledged, length);
    }

    // A line that a power cut has damaged is left out: what it held is measured again by the next attempt.
    private static SpoolEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, WorkerJson.Default.SpoolEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
