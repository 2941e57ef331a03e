using System.Net;
using Microsoft.Extensions.Logging;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Workers;

namespace Sweeps.Head;

/// <summary>What a head needs to know.</summary>
public sealed record HeadOptions
{
    /// <summary>Directory of <c>checkpoints</c>, <c>logs</c> and the like (<c>SWEEPS_HOME</c>).</summary>
    public required string Home { get; init; }

    /// <summary>Results: a file, or <c>postgres://user@host:port/name</c>; <c>sweeps.db</c> in the home when null.</summary>
    public string? Database { get; init; }

    /// <summary>Where the other heads of a cluster, which share the database, reach this one; null for a head alone.</summary>
    public IPEndPoint? Silo { get; init; }

    /// <summary>Where data sets are kept (<c>SWEEPS_DATA</c>).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The worker of this head's own agent: a <c>.dll</c> for <c>dotnet</c>, or a program. Null for a head without an agent.</summary>
    public string? Worker { get; init; }

    /// <summary>Slots of this machine; what <see cref="SlotDetection"/> finds when null.</summary>
    public IReadOnlyList<Slot>? Slots { get; init; }

    /// <summary>Port on the loopback interface; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// True for a head of all sweeps: those that were running when the last head ended go on, and commands on the same home find it
    /// (<see cref="HeadAddress"/>). False when they are paused, because this head is
    /// for one sweep alone.
    /// </summary>
    public bool ContinueSweeps { get; init; }

    /// <summary>Time that a worker has for its checkpoint when it is asked to end.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long silent machines keep their attempts.</summary>
    public LeaseOptions Lease { get; init; } = new();

    /// <summary>Time that the alert of a nightly job has.</summary>
    public TimeSpan AlertLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How workers are started.</summary>
    public WorkerLauncher Launcher { get; init; } = new ProcessLauncher();

    /// <summary>Where log messages go; nowhere when null.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
