namespace Sweeps.Orchestration.Agents;

/// <summary>What an agent needs to know about its machine.</summary>
public sealed record AgentOptions
{
    /// <summary>The machine's name, the key of its grain: letters, digits, dots, hyphens and underscores.</summary>
    public string MachineId { get; init; } = Environment.MachineName;

    /// <summary>Holds <c>checkpoints</c> and <c>logs</c>, which all agents share with the head, and a directory of this agent alone.</summary>
    public required string Home { get; init; }

    /// <summary>What only this agent and its workers use; one process at a time.</summary>
    public string Directory => DirectoryOf(Home, MachineId);

    /// <summary><see cref="Directory"/> of an agent of some name.</summary>
    public static string DirectoryOf(string home, string machineId) => Path.Combine(home, "agents", machineId);

    /// <summary>Assignments and process ids of its workers.</summary>
    public string AttemptDirectory => Path.Combine(Directory, "attempts");

    /// <summary>What its workers have not delivered yet.</summary>
    public string SpoolDirectory => Path.Combine(Directory, "spool");

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
