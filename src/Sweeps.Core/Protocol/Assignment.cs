namespace Sweeps.Core.Protocol;

/// <summary>
/// Everything a worker process needs to execute one attempt of a stage: steps [FromStep, ToStep) of a run.
/// The agent writes it as JSON to a file whose path is the worker's only argument.
/// </summary>
public sealed record Assignment
{
    /// <summary>Variables by which a worker hears what its agent could not know, because a batch system has chosen the machine: the names of its processor and its GPU.</summary>
    public const string ProcessorVariable = "SWEEPS_PROCESSOR", GpuVariable = "SWEEPS_GPU";

    /// <summary>Id of the stage in the results database.</summary>
    public required long StageId { get; init; }

    /// <summary>The fencing number: only grows, and the head refuses all but a stage's newest attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>Name of the sweep, for messages.</summary>
    public required string SweepName { get; init; }

    /// <summary><c>gpt</c>, the built-in trainer, or the name of what <see cref="Command"/> starts.</summary>
    public required string Program { get; init; }

    /// <summary>The command; null for the built-in trainer.</summary>
    public CommandAssignment? Command { get; init; }

    /// <summary>The configuration: parameter names (dots for nesting) and values.</summary>
    public required IReadOnlyDictionary<string, ParameterValue> Parameters { get; init; }

    /// <summary>Seed of the run: initial weights, data order and dropout follow from it alone.</summary>
    public required int Seed { get; init; }

    /// <summary>First step to train; the checkpoint in <see cref="ResumeFrom"/> may already be past it.</summary>
    public required int FromStep { get; init; }

    /// <summary>Step at which to stop; the checkpoint written there completes the stage. 0 for a command, whose end completes it.</summary>
    public required int ToStep { get; init; }

    /// <summary>Checkpoint to continue from, or null to begin with fresh weights.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>SHA-256 of that checkpoint when it was written, hexadecimal; null where nobody knows it.</summary>
    public string? ResumeSha256 { get; init; }

    /// <summary>How often memory ran out on the stage before: the built-in trainer trains in parts that are smaller by as many steps. A command is tried again as it is.</summary>
    public int MemoryFailures { get; init; }

    /// <summary>Directory that the stage's checkpoints go to; of a command the one that is kept between its attempts.</summary>
    public required string CheckpointDirectory { get; init; }

    /// <summary>Directory for this attempt's spool file of metric points.</summary>
    public required string SpoolDirectory { get; init; }

    /// <summary>How checkpoints travel between the head and a machine that does not see the head's directory of them; null where it does.</summary>
    public CheckpointTransfer? Transfer { get; init; }

    /// <summary>Where the head listens, for example <c>http://127.0.0.1:7071</c>.</summary>
    public required string HeadUrl { get; init; }

    /// <summary>Bearer token that can write to this attempt alone.</summary>
    public required string Token { get; init; }

    /// <summary>The agent's slot that it runs on, from 0.</summary>
    public int Slot { get; init; }

    /// <summary>Slots that it takes beside that one.</summary>
    public IReadOnlyList<int> MoreSlots { get; init; } = [];

    /// <summary>The share that it takes of each.</summary>
    public double Share { get; init; } = 1;

    /// <summary>CPU threads that it may use.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Name of the slot's GPU, as nvidia-smi has it; null for a share of the CPU.</summary>
    public string? Gpu { get; init; }

    /// <summary>Name of the machine's processor.</summary>
    public string Processor { get; init; } = "";

    /// <summary>Directory in which data sets are kept (<c>SWEEPS_DATA</c>).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name of the attempt in the API's paths: <c>17-2</c> is the second attempt of stage 17.</summary>
    public string AttemptId => $"{StageId}-{Attempt}";
}
