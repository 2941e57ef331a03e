namespace Sweeps.Core.Commands;

/// <summary>How a program that is not the built-in trainer is started, and how its metrics are read from what it prints.</summary>
public sealed record CommandSpec
{
    /// <summary>The command of a sweep file that gives a program and no command.</summary>
    public static IReadOnlyList<string> DefaultArguments { get; } = ["${env}", "${interpreter}", "${program}", "${args}"];

    /// <summary><c>program</c> of the sweep file, or null.</summary>
    public string? Program { get; init; }

    /// <summary>The command with its macros: the program to start, then its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = DefaultArguments;

    /// <summary>The <see cref="MetricPattern"/>s that its lines are compared with; lines of JSON are read anyway.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Names of the parameters that hold others, with dots for nesting: their arguments are dictionaries.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether a run must report the sweep's metric: true when the file names it.</summary>
    public bool NeedsMetric { get; init; }

    /// <summary>The directory in which it is started, that of the sweep file; empty until whoever read the file has said it.</summary>
    public string Directory { get; init; } = "";
}

/// <summary>A command that cannot be started with these parameters or in this environment; the message is one sentence.</summary>
public sealed class CommandException(string message) : Exception(message);
