using Sweeps.Orchestration.Grains;

namespace Sweeps.Head.Api;

/// <summary>The workers' log files; one whose machine does not see this directory sends its lines.</summary>
/// <param name="directory">Where they lie.</param>
internal sealed class WorkerLogs(string directory)
{
    public async Task AppendAsync(AttemptKey attempt, Stream text, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        await using var file = new FileStream(Path.Combine(directory, attempt + ".log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await text.CopyToAsync(file, cancellation);
    }
}
