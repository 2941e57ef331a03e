using System.Net;
using Microsoft.Extensions.Logging;
using Sweeps.Head.Access;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Workers;

namespace Sweeps.Head;

/// <summary>What a head needs to know.</summary>
public sealed record HeadOptions
{
    /// <summary>Directory of <c>sweeps.db</c>, <c>checkpoints</c>, <c>logs</c> and the like (<c>SWEEPS_HOME</c>).</summary>
    public required string Home { get; init; }

    /// <summary>Where data sets are kept (<c>SWEEPS_DATA</c>).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The worker of this head's own agent: a <c>.dll</c> for <c>dotnet</c>, or a program. Null for a head without an agent.</summary>
    public string? Worker { get; init; }

    /// <summary>Slots of this machine; what <see cref="SlotDetection"/> finds when null.</summary>
    public IReadOnlyList<Slot>? Slots { get; init; }

    /// <summary>Port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The address to listen at, the loopback interface's or another one, <see cref="IPAddress.Any"/> for all. Beyond the loopback interface every request needs a token.
    /// This machine's own commands and workers are served at the loopback interface in any case.
    /// </summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Names under which other machines know this one, beside its own.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Whether every request needs a token on the loopback interface, too.</summary>
    public bool RequireToken { get; init; }

    /// <summary>Whether whoever may submit sweeps may start programs of their own and name any file, on the machines of agents.</summary>
    public bool AllowCommands { get; init; }

    /// <summary>For HTTPS; null for HTTP. On the loopback interface there is HTTP too then, at a port of its own.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>Whether other machines reach the head.</summary>
    internal bool IsRemote => !IPAddress.IsLoopback(Listen);

    /// <summary>Whether every request needs a token.</summary>
    internal bool NeedsTokens => RequireToken || IsRemote;

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

    /// <summary>The most bytes of a checkpoint that a machine sends which does not see this head's directory of them.</summary>
    public long UploadLimit { get; init; } = 64L << 30;

    /// <summary>Time that the alert of a nightly job has.</summary>
    public TimeSpan AlertLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How workers are started.</summary>
    public WorkerLauncher Launcher { get; init; } = new ProcessLauncher();

    /// <summary>Where log messages go; nowhere when null.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
