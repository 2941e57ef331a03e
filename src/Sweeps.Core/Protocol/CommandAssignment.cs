using Sweeps.Core.Commands;

namespace Sweeps.Core.Protocol;

/// <summary>What a worker needs beside an <see cref="Assignment"/> to start a program that is not the built-in trainer.</summary>
public sealed record CommandAssignment
{
    /// <summary>The command and where it is started.</summary>
    public required CommandSpec Command { get; init; }

    /// <summary>Id of the sweep.</summary>
    public required long SweepId { get; init; }

    /// <summary>Id of the run.</summary>
    public required long RunId { get; init; }

    /// <summary>Seconds that the program has from SIGTERM to SIGKILL.</summary>
    public double StopGrace { get; init; } = 30;
}
