using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sweeps.Results;

namespace Sweeps.Head;

/// <summary>
/// Removes the files of checkpoints that the database has discarded: at the start those that an earlier head left, then once a second, and
/// a last time at the end. A file's name is forgotten when the file is gone, so that none is left behind by whatever crashes in between.
/// </summary>
/// <param name="store">Knows what is discarded.</param>
/// <param name="directory">Where checkpoints lie; a file elsewhere is never touched.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of files that cannot be removed.</param>
internal sealed class CheckpointRemoval(ResultsStore store, string directory, TimeProvider time, ILogger<CheckpointRemoval> logger) : BackgroundService
{
    private readonly string root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RemoveAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            do await RemoveAsync();
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

    private bool Remove(string path)
    {
        if (!Path.GetFullPath(path).StartsWith(root, StringComparison.Ordinal)) return true;
        try
        {
            if (File.Exists(path)) File.Delete(path);
            var stage = Path.GetDirectoryName(path)!;
            if (stage.Length > root.Length && Directory.Exists(stage) && !Directory.EnumerateFileSystemEntries(stage).Any()) Directory.Delete(stage);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "The discarded checkpoint {Path} could not be removed", path);
            return false;
        }
    }
}
