namespace Sweeps.Orchestration.Grains;

/// <summary>A worker process that has ended.</summary>
/// <param name="Attempt">What it executed.</param>
/// <param name="ExitCode">Its exit code; 128 + N when signal N ended it.</param>
/// <param name="LastWords">The end of its log.</param>
[GenerateSerializer, Immutable]
public sealed record WorkerEnding(AttemptKey Attempt, int ExitCode, string LastWords);
