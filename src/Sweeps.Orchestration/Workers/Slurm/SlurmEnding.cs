using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>How the worker of a job has ended.</summary>
/// <param name="ExitCode">As <see cref="WorkerProcess.Exit"/> says it.</param>
/// <param name="Sentence">What is to be known of it beyond that, or null.</param>
public sealed record SlurmEnding(int ExitCode, string? Sentence)
{
    private const int Signal = 128;

    /// <summary>The ending of a job that Slurm says is over.</summary>
    /// <param name="job">The job.</param>
    /// <param name="exitCode">What its script has left, or null when it has left nothing: it did not begin, or was killed with its worker.</param>
    public static SlurmEnding Of(SlurmJob job, int? exitCode)
    {
        // A worker that ended by itself knows best; a signal may be Slurm's.
        if (exitCode is { } code and <= Signal) return new SlurmEnding(code, null);
        var where = job.Node.Length == 0 ? $"job {job.Id}" : $"job {job.Id} on {job.Node}";
        return job.State switch
        {
            "OUT_OF_MEMORY" => new(WorkerExitCode.OutOfMemory, $"Slurm ended {where}: memory ran out. It gets as much as the partition's default, or as 'memory' under 'resources' says."),
            "TIMEOUT" or "DEADLINE" => Evicted($"Slurm ended {where} at its time limit, and its worker wrote no checkpoint when it was asked to."),
            "PREEMPTED" => Evicted($"Slurm preempted {where}."),
            "NODE_FAIL" or "BOOT_FAIL" => Evicted($"Slurm gave {where} up: the node failed ({job.State})."),
            "CANCELLED" or "REVOKED" => Evicted($"Somebody cancelled {where}."),
            _ when exitCode is { } signal => new(signal, null),
            _ => Evicted($"Slurm says {job.State} of {where}, whose script did not come to its end: does the node see the home at the same path?"),
        };
    }

    /// <summary>The ending of a job that Slurm does not know any more: lost, whatever has become of it.</summary>
    public static SlurmEnding Vanished(string? jobId, int? exitCode) => exitCode is { } code ? new(code, null)
        : Evicted(jobId is null ? "The job was not submitted before its agent ended." : $"Slurm does not know job {jobId} any more.");

    private static SlurmEnding Evicted(string sentence) => new(WorkerEnding.Evicted, sentence);
}
