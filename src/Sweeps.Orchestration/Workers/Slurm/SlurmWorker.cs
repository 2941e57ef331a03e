using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>A worker that is a job, from the order to submit it to its end. All but the requests to stop is its launcher's to change, in one loop.</summary>
internal sealed class SlurmWorker : WorkerProcess
{
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider time;
    private readonly Action wake;
    private long? toStopSince;

    public SlurmWorker(string pidFile, SlurmFiles files, TimeProvider time, Action wake) => (PidFile, Files, this.time, this.wake) = (pidFile, files, time, wake);

    public string PidFile { get; }

    public SlurmFiles Files { get; }

    /// <summary>The submission it belongs to, and its place in it; null before it is submitted.</summary>
    public SlurmTicket? Ticket { get; set; }

    /// <summary>Answers of the controller in a row that did not know the job.</summary>
    public int Missing { get; set; }

    /// <summary>When its job was first seen to be over, or its exit code was first seen; null before.</summary>
    public long? OverSince { get; set; }

    /// <summary>Whether its end was asked for.</summary>
    public bool IsToStop => toStopSince is not null;

    /// <summary>How long ago that was.</summary>
    public TimeSpan ToStopFor => time.GetElapsedTime(toStopSince!.Value);

    /// <summary>Whether it is to be ended at once.</summary>
    public bool IsToDie { get; private set; }

    /// <summary>Whether Slurm was told so.</summary>
    public bool WasToldToStop { get; set; }

    /// <inheritdoc cref="WasToldToStop"/>
    public bool WasToldToDie { get; set; }

    /// <inheritdoc/>
    public override Task<int> Exit => exit.Task;

    /// <inheritdoc/>
    public override void RequestStop()
    {
        toStopSince ??= time.GetTimestamp();
        wake();
    }

    /// <inheritdoc/>
    public override void Kill()
    {
        IsToDie = true;
        wake();
    }

    /// <summary>It has ended.</summary>
    public void End(int exitCode) => exit.TrySetResult(exitCode);
}

/// <summary>What the file beside an assignment says about its job: <c>slurm TAG INDEX ID</c>, with hyphens for what is not known.</summary>
/// <param name="Tag">Names the submission; the comment of its jobs.</param>
/// <param name="Index">Its place in the array; null for a job of its own.</param>
/// <param name="JobId">Its number, once Slurm has said it.</param>
internal sealed record SlurmTicket(string Tag, int? Index, string? JobId)
{
    private const string Kind = "slurm";

    /// <summary>Whether a job is this one. A controller that crashed gives the numbers of jobs that it has forgotten to others.</summary>
    public bool Fits(SlurmJob job) => job.Tag == Tag && (JobId is null ? job.Index == Index : job.Id == JobId);

    /// <summary>With the number that <c>sbatch</c> has said.</summary>
    public SlurmTicket Of(string submitted) => this with { JobId = Index is { } index ? $"{submitted}_{index}" : submitted };

    public override string ToString() => $"{Kind} {Tag} {Index?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {JobId ?? "-"}\n";

    /// <summary>Reads the file; null when it is another launcher's or there is none.</summary>
    public static SlurmTicket? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [Kind, var tag, var index, var id]
                ? new SlurmTicket(tag, int.TryParse(index, out var number) ? number : null, id == "-" ? null : id) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(string file)
    {
        File.WriteAllText(file + ".new", ToString());
        File.Move(file + ".new", file, overwrite: true);
    }
}
