namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>How jobs are submitted.</summary>
public sealed record SlurmOptions
{
    /// <summary>Directory of job scripts and of what they leave; the agent and all nodes see it at the same path.</summary>
    public required string Directory { get; init; }

    /// <summary>Directory of what workers print, each attempt in a file <c>17-2.log</c>.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>Arguments of every <c>sbatch</c>, such as <c>--partition=gpu</c>; they come last and win over those that follow from the sweep file.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The program for a worker that is a <c>.dll</c>, as the nodes find it.</summary>
    public string Dotnet { get; init; } = "dotnet";

    /// <summary>Time between two looks for what jobs have left. Costs the controller nothing.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time between two questions to the controller about all jobs together.</summary>
    public TimeSpan AskEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time that a file of a node takes to be seen here.</summary>
    public TimeSpan FileLag { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that orders of one report have to come together, so that they are submitted as one array.</summary>
    public TimeSpan GatherFor { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause between two tries to submit.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);
}
