using System.Globalization;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>What jobs ask of Slurm. Jobs that ask for the same can be tasks of one array.</summary>
/// <param name="Resources">What the sweep file asks for.</param>
public sealed record SlurmRequest(ResourceSpec Resources)
{
    /// <summary>Seconds before the end of its time at which a job is asked for a checkpoint; Slurm may be 60 s early.</summary>
    public const int NoticeSeconds = 90;

    /// <summary>Tasks of one array: Slurm's default for <c>MaxArraySize</c> is 1001.</summary>
    public const int MostTasks = 1000;

    /// <summary>Arguments of <c>sbatch</c>; its script comes from standard input.</summary>
    /// <param name="name">Name of the job, for people.</param>
    /// <param name="tag">Names this submission.</param>
    /// <param name="tasks">How many jobs.</param>
    /// <param name="options">The user's.</param>
    public IReadOnlyList<string> Arguments(string name, string tag, int tasks, SlurmOptions options)
    {
        var arguments = new List<string>
        {
            "--parsable",
            $"--job-name={name}",
            $"--comment={tag}",
            // A percent sign begins a pattern.
            $"--output={OutputOf(options, tag).Replace("%", "%%", StringComparison.Ordinal)}{(tasks > 1 ? ".%a" : "")}",
            "--open-mode=append",
            "--nodes=1",
            "--ntasks=1",
            $"--cpus-per-task={Threads(Resources)}",
            // A job that Slurm began again would go on with a dead attempt's token.
            "--no-requeue",
            // To the script alone, which passes it on: a signal to all processes of the job would reach a program of the user's twice.
            $"--signal=B:TERM@{NoticeSeconds}",
        };
        // A part of a GPU is a whole one here: parts are the cluster's to set up (--slurm-option=--gres=shard:1).
        if (Resources.Gpus is { } gpus) arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--gres=gpu:{Math.Ceiling(gpus)}"));
        if (Resources.MemoryBytes is { } bytes) arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--mem={Math.Max(1, (bytes + (1 << 20) - 1) >> 20)}M"));
        if (Resources.Time is { } time) arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--time={Math.Ceiling(time.TotalMinutes)}"));
        if (tasks > 1) arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--array=0-{tasks - 1}"));
        return [.. arguments, .. options.Arguments];
    }

    /// <summary>CPU threads of a worker.</summary>
    public static int Threads(ResourceSpec resources) => resources.Cpus ?? 1;

    /// <summary>File that gets what Slurm itself says about a job; of a task of an array with its number after a dot.</summary>
    public static string OutputOf(SlurmOptions options, string tag) => Path.Combine(options.Directory, tag + ".out");
}
