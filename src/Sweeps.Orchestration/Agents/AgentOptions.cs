namespace Sweeps.Orchestration.Agents;

/// <summary>What an agent needs to know about its machine.</summary>
public sealed record AgentOptions
{
    /// <summary>The machine's name, the key of its grain: letters, digits, dots, hyphens and underscores.</summary>
    public string MachineId { get; init; } = Environment.MachineName;

    /// <summary>
    /// Holds <c>checkpoints</c> and <c>logs</c> and a directory of this agent alone. Where the head sees the same <c>checkpoints</c> or <c>logs</c>
    /// (<see cref="DirectoryMark"/>) it is told of files in them; otherwise they are sent to it.
    /// </summary>
    public required string Home { get; init; }

    /// <summary>What only this agent and its workers use; one process at a time.</summary>
    public string Directory => DirectoryOf(Home, MachineId);

    /// <summary><see cref="Directory"/> of an agent of some name.</summary>
    public static string DirectoryOf(string home, string machineId) => Path.Combine(home, "agents", machineId);

    /// <summary>Assignments and process ids of its workers.</summary>
    public string AttemptDirectory => Path.Combine(Directory, "attempts");

    /// <summary>What its workers have not delivered yet.</summary>
    public string SpoolDirectory => Path.Combine(Directory, "spool");

    /// <summary>Checkpoints of attempts whose files the head does not see, until they are sent.</summary>
    /// <param name="storage">Mark of the head's directories.</param>
    public string UnsentDirectory(string storage) => Path.Combine(Directory, "checkpoints", DirectoryMark.IdOf(storage));

    /// <summary>Checkpoints that were sent or fetched, for all agents of the home.</summary>
    public string CacheDirectory => Path.Combine(Home, "cache");

    /// <summary>Size of <see cref="CacheDirectory"/> above which what was not used for the longest time is removed.</summary>
    public long CacheBytes { get; init; } = 16L << 30;

    /// <summary>Where data sets are kept.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the head listens.</summary>
    public required string HeadUrl { get; init; }

    /// <summary>The worker: a <c>.dll</c> for <c>dotnet</c>, or a program.</summary>
    public required string Worker { get; init; }

    /// <summary>The machine's slots.</summary>
    public required IReadOnlyList<Slot> Slots { get; init; }

    /// <summary>Time between two reports when nothing happens.</summary>
    public TimeSpan SyncEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time that a worker has from SIGTERM to SIGKILL, for its checkpoint.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(30);
}
