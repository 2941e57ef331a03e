namespace Sweeps.Orchestration.Agents;

/// <summary>What an agent needs to know about its machine.</summary>
public sealed record AgentOptions
{
    /// <summary>The machine's name, the key of its grain.</summary>
    public string MachineId { get; init; } = Environment.MachineName;

    /// <summary>Holds <c>checkpoints</c>, <c>spool</c>, <c>logs</c> and <c>attempts</c>.</summary>
    public required string Home { get; init; }

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
