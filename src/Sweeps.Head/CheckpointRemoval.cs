using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head;

/// <summary>
/// Removes the files of checkpoints that the database has discarded: at the start those that an earlier head left, then once a second, and
/// a last time at the end. A file's name is forgotten when the file is gone, so that none is left behind by whatever crashes in between.
/// Less often it removes the files that killed workers have written and never told of.
/// </summary>
/// <param name="store">Knows what is discarded.</param>
/// <param name="directory">Where checkpoints lie; a file elsewhere is never touched.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of files that cannot be removed.</param>
internal sealed class CheckpointRemoval(ResultsStore store, string directory, TimeProvider time, ILogger<CheckpointRemoval> logger) : BackgroundService
{
    private static readonly TimeSpan LookForUnregisteredEvery = TimeSpan.FromMinutes(10);

    private readonly string root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RemoveAsync();
        await RemoveUnregisteredAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        long? looked = null;
        try
        {
            do
            {
                await RemoveAsync();
                if (looked is not null && time.GetElapsedTime(looked.Value) < LookForUnregisteredEvery) continue;
                await RemoveUnregisteredAsync();
                looked = time.GetTimestamp();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The head ends.
        }
    }

    private async Task RemoveAsync()
    {
        try
        {
            var gone = (await store.Queries.DiscardedCheckpointsAsync()).Where(Remove).ToList();
            if (gone.Count > 0) await store.ForgetDiscardedCheckpointsAsync(gone);
        }
        catch (ResultsException exception)
        {
            logger.LogWarning(exception, "Discarded checkpoints could not be looked up");
        }
    }

    /// <summary>
    /// Removes files in the directories of attempts (<c>STAGE/NUMBER</c>) that can register nothing any more. The files are listed before the
    /// database is asked: what is registered meanwhile is known by then.
    /// </summary>
    private async Task RemoveUnregisteredAsync()
    {
        try
        {
            var files = AttemptFiles();
            if (files.Count == 0) return;
            var newest = await store.Queries.NewestAttemptsAsync();
            var known = await store.Queries.CheckpointPathsAsync();
            foreach (var (attempt, path) in files)
            {
                if (newest.TryGetValue(attempt.StageId, out var last) && (attempt.Number < last.Number || (attempt.Number == last.Number && !last.MayWrite))
                    && !known.Contains(path)) Remove(path);
            }
        }
        catch (Exception exception) when (exception is ResultsException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "Checkpoints that were never registered could not be looked up");
        }
    }

    private List<(AttemptKey Attempt, string Path)> AttemptFiles()
    {
        var files = new List<(AttemptKey, string)>();
        if (!Directory.Exists(root)) return files;
        foreach (var stage in Directory.EnumerateDirectories(root))
            foreach (var number in Directory.EnumerateDirectories(stage))
                if (AttemptKey.TryParse($"{Path.GetFileName(stage)}-{Path.GetFileName(number)}", out var key))
                    files.AddRange(Directory.EnumerateFiles(number).Select(file => (key, file)));
        return files;
    }

    private bool Remove(string path)
    {
        if (!Path.GetFullPath(path).StartsWith(root, StringComparison.Ordinal)) return true;
        try
        {
            if (File.Exists(path)) File.Delete(path);
            for (var directory = Path.GetDirectoryName(path)!; directory.Length > root.Length; directory = Path.GetDirectoryName(directory)!)
            {
                if (!Directory.Exists(directory)) continue;
                if (Directory.EnumerateFileSystemEntries(directory).Any()) break;
                Directory.Delete(directory);
            }
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "The discarded checkpoint {Path} could not be removed", path);
            return false;
        }
    }
}
