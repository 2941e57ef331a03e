namespace Sweeps.Results.Attempts;

/// <summary>An attempt that has begun, and what it has to do.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="SweepName">Its name.</param>
/// <param name="Program">The trainer.</param>
/// <param name="StageId">The stage.</param>
/// <param name="Number">The fencing number.</param>
/// <param name="ParametersJson">Parameters as a JSON object.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="FromStep">First step of the stage.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="ResumeFrom">Path of the checkpoint to continue from, or null for fresh weights.</param>
/// <param name="ResumeSha256">SHA-256 of that checkpoint when it was written, or null.</param>
/// <param name="ResumeStep">Steps that checkpoint contains; 0 for fresh weights.</param>
/// <param name="MemoryFailures">How often memory ran out on the stage before.</param>
/// <param name="Command">The command that it starts; null for the built-in trainer.</param>
public sealed record AttemptStart(long SweepId, string SweepName, string Program, long StageId, int Number, string ParametersJson,
    int Seed, int FromStep, int ToStep, string? ResumeFrom, string? ResumeSha256, int ResumeStep, int MemoryFailures, CommandStart? Command = null);

/// <summary>What an attempt of a command is for.</summary>
/// <param name="RunId">Its run: a stage of a command is never shared.</param>
/// <param name="Json">The command as <see cref="Records.CommandText"/> writes it.</param>
public sealed record CommandStart(long RunId, string Json);
