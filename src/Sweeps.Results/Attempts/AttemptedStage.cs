using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Results.Records;

namespace Sweeps.Results.Attempts;

/// <summary>A stage and its newest attempt: all that the end of the attempt is decided from.</summary>
public sealed record AttemptedStage
{
    /// <summary>The stage.</summary>
    public required long StageId { get; init; }

    /// <summary>The attempt's fencing number.</summary>
    public required int Number { get; init; }

    /// <summary>The sweep.</summary>
    public required long SweepId { get; init; }

    /// <summary>Where the sweep stands.</summary>
    public required SweepState SweepState { get; init; }

    /// <summary>The sweep's priority, 0 to 100.</summary>
    public required int Priority { get; init; }

    /// <summary>Further attempts that the sweep allows after errors of the user's.</summary>
    public required int UserRetries { get; init; }

    /// <summary>Further attempts that it allows after memory ran out.</summary>
    public required int MemoryRetries { get; init; }

    /// <summary>Further attempts that it allows after a process or machine vanished.</summary>
    public required int MachineRetries { get; init; }

    /// <summary>The stage before it, or null.</summary>
    public required long? ParentId { get; init; }

    /// <summary>Where the stage stands.</summary>
    public required StageState State { get; init; }

    /// <summary>First step.</summary>
    public required int FromStep { get; init; }

    /// <summary>Step at which it ends.</summary>
    public required int ToStep { get; init; }

    /// <summary>Steps from <see cref="FromStep"/> to the end of the longest run that needs it.</summary>
    public required int LongestPath { get; init; }

    /// <summary>Steps of the run that are trained as far as is known, counted from step 0.</summary>
    public required int StepsDone { get; init; }

    /// <summary>Attempts that ended with an error of the user's.</summary>
    public required int UserFailures { get; init; }

    /// <summary>Attempts that ran out of memory.</summary>
    public required int MemoryFailures { get; init; }

    /// <summary>Attempts whose process or machine vanished.</summary>
    public required int MachineFailures { get; init; }

    /// <summary>How the attempt ended, or null while it is under way.</summary>
    public required AttemptOutcome? Outcome { get; init; }

    /// <summary>Whether its failure used up one of the stage's retries.</summary>
    public required bool Counted { get; init; }

    /// <summary>Parameters as a JSON object.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>The sweep's trainer.</summary>
    public required string Program { get; init; }

    /// <summary>The metric that the sweep is judged by.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether the stage has a point of it.</summary>
    public required bool HasMetric { get; init; }

    /// <summary>The command that the stage is, as <see cref="CommandText"/> writes it; null for the built-in trainer.</summary>
    public required string? CommandJson { get; init; }

    /// <summary>Parameter names (dots for nesting) and values.</summary>
    public IReadOnlyDictionary<string, ParameterValue> Parameters => ParameterText.Read(ParametersJson);
}
