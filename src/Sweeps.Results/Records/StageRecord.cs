using Sweeps.Core;

namespace Sweeps.Results.Records;

/// <summary>A span of steps that one or more runs share, trained once.</summary>
public sealed class StageRecord
{
    /// <summary>In place of what was not the same for all attempts.</summary>
    public const string Several = "several";

    /// <summary>Number in this database.</summary>
    public long Id { get; internal set; }

    /// <summary>The sweep.</summary>
    public long SweepId { get; init; }

    /// <summary>The stage whose last checkpoint it starts from, or null for fresh weights.</summary>
    public long? ParentId { get; internal set; }

    /// <summary>Seed of the runs that share it.</summary>
    public int Seed { get; init; }

    /// <summary>Parameters of one run that needs it, as a JSON object; those of the others mean the same up to <see cref="ToStep"/>.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>First step.</summary>
    public int FromStep { get; init; }

    /// <summary>Step at which it ends; of a command 0 until it has ended, then the last step that it reported.</summary>
    public int ToStep { get; internal set; }

    /// <summary>Steps from <see cref="FromStep"/> to the end of the longest run that needs it.</summary>
    public int LongestPath { get; init; }

    /// <summary>Where it stands.</summary>
    public StageState State { get; internal set; }

    /// <summary>Number of its newest attempt, the fencing number; 0 before the first.</summary>
    public int Attempt { get; internal set; }

    /// <summary>Steps of the run that are trained as far as is known, counted from step 0.</summary>
    public int StepsDone { get; internal set; }

    /// <summary>Attempts that ended with an error of the user's.</summary>
    public int UserFailures { get; internal set; }

    /// <summary>Attempts that ran out of memory.</summary>
    public int MemoryFailures { get; internal set; }

    /// <summary>Attempts whose process or machine vanished.</summary>
    public int MachineFailures { get; internal set; }

    /// <summary>Why it failed, or null.</summary>
    public string? Error { get; internal set; }

    /// <summary><see cref="Core.Stages.RunIdentity.Origin"/> of the runs that share it; null where stages cannot be told to be the same.</summary>
    public string? Origin { get; init; }

    /// <summary><see cref="Core.Stages.RunIdentity.At"/> its end of the run that it is trained for; null where stages cannot be told to be the same.</summary>
    public string? Identity { get; init; }

    /// <summary><see cref="Core.Gpt.TrainingDevice"/> that it was trained on; <see cref="Several"/> when there was another before, null as long as it is not known.</summary>
    public string? Device { get; internal set; }

    /// <summary>What it read of its <see cref="Core.Gpt.RunInputs"/>; <see cref="Several"/> and null likewise.</summary>
    public string? Inputs { get; internal set; }

    /// <summary>Parameter names (dots for nesting) and values.</summary>
    public IReadOnlyDictionary<string, ParameterValue> Parameters => ParameterText.Read(ParametersJson);
}
