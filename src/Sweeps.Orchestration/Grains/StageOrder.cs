namespace Sweeps.Orchestration.Grains;

/// <summary>An attempt that a machine is to execute.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="Number">The fencing number.</param>
/// <param name="Slot">The machine's slot.</param>
/// <param name="SweepName">Name of the sweep.</param>
/// <param name="Program">The trainer.</param>
/// <param name="ParametersJson">Parameters as a JSON object.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="ResumeFrom">Path of the checkpoint to continue from, or null.</param>
/// <param name="ResumeSha256">SHA-256 of that checkpoint when it was written, or null.</param>
/// <param name="Token">What the worker writes with; the database knows only its hash.</param>
/// <param name="MemoryFailures">How often memory ran out on the stage before.</param>
/// <param name="Command">The command to start; null for the built-in trainer.</param>
/// <param name="MoreSlots">Slots that it takes beside the first.</param>
/// <param name="Share">The share that it takes of each.</param>
/// <param name="Threads">CPU threads of its worker; null for those of the slot.</param>
/// <param name="ResourcesJson">What it needs, as <see cref="ResourceText"/> writes it; null where the sweep does not say.</param>
[GenerateSerializer, Immutable]
public sealed record StageOrder(long StageId, int Number, int Slot, string SweepName, string Program, string ParametersJson, int Seed,
    int FromStep, int ToStep, string? ResumeFrom, string? ResumeSha256, string Token, int MemoryFailures = 0, CommandOrder? Command = null, int[]? MoreSlots = null, double Share = 1, int? Threads = null,
    string? ResourcesJson = null);

/// <summary>A command to start.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="RunId">The run.</param>
/// <param name="Json">The command as a JSON object.</param>
[GenerateSerializer, Immutable]
public sealed record CommandOrder(long SweepId, long RunId, string Json);
