using System.Security.Cryptography;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Head;

/// <summary>The head's directory of checkpoints, <c>STAGE/ATTEMPT/step-N.safetensors</c>. No name in it comes from outside.</summary>
internal sealed class CheckpointFiles
{
    // What is left on the disk for the database, whose writes are small.
    private const long Reserve = 256L << 20;

    private readonly string root;

    /// <param name="home">The head's home.</param>
    /// <param name="limit">The most bytes of a checkpoint that is sent.</param>
    public CheckpointFiles(string home, long limit)
    {
        root = Path.GetFullPath(Path.Combine(home, "checkpoints"));
        Limit = limit;
        DirectoryMark.Renew(root, Path.Combine(home, "logs"));
    }

    /// <summary>By what agents see whether they have the same directories; another head of the same home may have renewed it.</summary>
    public string? Mark => DirectoryMark.Read(root);

    /// <summary>The most bytes of a checkpoint that is sent.</summary>
    public long Limit { get; }

    /// <summary>Where a checkpoint of an attempt lies that its worker has written into this directory, which it may see under another path.</summary>
    /// <returns>Null for a file elsewhere.</returns>
    public string? Shared(AttemptKey attempt, string path)
    {
        var stage = Path.Combine("/", "checkpoints", $"{attempt.StageId}") + Path.DirectorySeparatorChar;
        var at = path.LastIndexOf(stage, StringComparison.Ordinal);
        return at < 0 ? null : Inside(Path.Combine(root, $"{attempt.StageId}", path[(at + stage.Length)..]));
    }

    /// <summary>A full path when it is one of a file in this directory, else null.</summary>
    public string? Inside(string path)
    {
        path = Path.GetFullPath(path);
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }

    /// <summary>Why a checkpoint of so many bytes is not taken, a sentence and whether that may change; null when it is.</summary>
    public (string Why, bool MayChange)? Refusal(long bytes)
    {
        if (bytes > Limit) return ($"The checkpoint has {ByteSize.Text(bytes)}, and this head takes {ByteSize.Text(Limit)} at most: start it with a larger --upload-limit.", false);
        Directory.CreateDirectory(root);
        var free = new DriveInfo(root).AvailableFreeSpace - Reserve;
        return bytes <= free ? null
            : ($"The checkpoint has {ByteSize.Text(bytes)}, and the disk of {root} has room for {ByteSize.Text(Math.Max(0, free))}: make room there; it is tried again.", true);
    }

    /// <summary>Receives a checkpoint: completely, on the disk and with the hash that it should have, or not at all.</summary>
    /// <returns>What to store; null when something else has come.</returns>
    public async Task<CheckpointNotice?> ReceiveAsync(AttemptKey attempt, CheckpointNotice sent, Stream body, CancellationToken cancellation)
    {
        var directory = Path.Combine(root, $"{attempt.StageId}", $"{attempt.Number}");
        var temporary = Path.Combine(directory, $"{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(directory);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                var block = new byte[1 << 18];
                while (await body.ReadAsync(block, cancellation) is var count and > 0)
                {
                    hash.AppendData(block, 0, count);
                    await file.WriteAsync(block.AsMemory(0, count), cancellation);
                }
                if (file.Length != sent.Bytes || !CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), Convert.FromHexString(sent.Sha256))) return null;
                file.Flush(flushToDisk: true);
            }
            var path = Path.Combine(directory, $"step-{sent.Step:D8}.safetensors");
            File.Move(temporary, path, overwrite: true);
            return sent with { Path = path };
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
