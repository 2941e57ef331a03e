using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sweeps.Core.Protocol;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker;

/// <summary>
/// Checkpoints that a machine has sent or fetched, by their SHA-256, for the workers that need them next. Several processes share it: who needs
/// what another one is fetching waits for that. The least recently used ones go when there is too much; who still needs a file has a link of its own.
/// </summary>
/// <param name="transfer">Where it is, and how large.</param>
public sealed class CheckpointCache(CheckpointTransfer transfer)
{
    private const int MostTries = 3;

    // A download that nobody goes on with.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Takes a file over; where it was, there is none any more.</summary>
    public void Add(string path, string sha256)
    {
        Directory.CreateDirectory(transfer.CacheDirectory);
        File.Move(path, FileOf(sha256), overwrite: true);
        Use(sha256);
        RemoveOldest();
    }

    /// <summary>Makes a link to the checkpoint of a hash, after fetching it when it is not there.</summary>
    /// <param name="sha256">Its hash, hexadecimal.</param>
    /// <param name="link">Path of the link, on the same file system where possible; else it is a copy.</param>
    /// <param name="download">Fetches into a file, or what that lacks; it may throw and is called again on the next call.</param>
    /// <param name="cancellation">Gives up waiting for another process.</param>
    /// <exception cref="DamagedCheckpointException">What comes is not what the hash says, again and again.</exception>
    public async Task FetchAsync(string sha256, string link, Func<string, Task> download, CancellationToken cancellation)
    {
        Directory.CreateDirectory(transfer.CacheDirectory);
        using var mine = await LockAsync(sha256, cancellation).ConfigureAwait(false);
        if (!await IsSoundAsync(FileOf(sha256), sha256, cancellation).ConfigureAwait(false))
        {
            // Under one name whoever fetches it, so that what a killed process has left is gone on with.
            var partial = FileOf(sha256) + ".part";
            for (var tries = 1; ; tries++)
            {
                await download(partial).ConfigureAwait(false);
                if (await IsSoundAsync(partial, sha256, cancellation).ConfigureAwait(false)) break;
                File.Delete(partial);
                if (tries == MostTries) throw new DamagedCheckpointException($"The checkpoint that the head sent is not the one that was written (SHA-256 {sha256}); the stage begins from the one before.");
            }
            File.Move(partial, FileOf(sha256), overwrite: true);
        }
        Use(sha256);
        File.Delete(link);
        if (Link(FileOf(sha256), link) != 0) File.Copy(FileOf(sha256), link);
        RemoveOldest();
    }

    private string FileOf(string sha256) => Path.Combine(transfer.CacheDirectory, sha256 + ".safetensors");

    private void Use(string sha256) => File.SetLastWriteTimeUtc(FileOf(sha256), DateTime.UtcNow);

    private void RemoveOldest()
    {
        var left = transfer.CacheBytes;
        foreach (var file in new DirectoryInfo(transfer.CacheDirectory).GetFiles("*.part"))
            if (DateTime.UtcNow - file.LastWriteTimeUtc > Abandoned) file.Delete();
        foreach (var file in new DirectoryInfo(transfer.CacheDirectory).GetFiles("*.safetensors").OrderByDescending(file => file.LastWriteTimeUtc))
        {
            try
            {
                left -= file.Length;
                if (left < 0) file.Delete();
            }
            catch (FileNotFoundException)
            {
                // Another process has removed it.
            }
        }
    }

    private async Task<FileStream> LockAsync(string sha256, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(FileOf(sha256) + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
            {
                await Task.Delay(LookEvery, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task<bool> IsSoundAsync(string path, string sha256, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return false;
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false)) == sha256.ToLowerInvariant();
    }

    [DllImport("libc", EntryPoint = "link", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
