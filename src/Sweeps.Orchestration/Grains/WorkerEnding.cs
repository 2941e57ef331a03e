namespace Sweeps.Orchestration.Grains;

/// <summary>A worker process that has ended.</summary>
/// <param name="Attempt">What it executed.</param>
/// <param name="ExitCode">Its exit code; 128 + N when signal N ended it; one of the numbers below 0 where there is none.</param>
/// <param name="WasAskedToStop">Whether the agent had asked for its end.</param>
/// <param name="LastWords">The end of its log.</param>
/// <param name="MemoryRanOut">Whether the kernel has killed a process for want of memory about when it ended.</param>
[GenerateSerializer, Immutable]
public sealed record WorkerEnding(AttemptKey Attempt, int ExitCode, bool WasAskedToStop, string LastWords, bool MemoryRanOut = false)
{
    /// <summary>Instead of the exit code of a worker that could not be started.</summary>
    public const int NotStarted = -1;

    /// <summary>Instead of the exit code of a worker that an earlier life of its agent had started.</summary>
    public const int Unwatched = -2;

    /// <summary>Instead of the exit code of a worker that a batch system has ended or lost; the last words say how.</summary>
    public const int Evicted = -3;

    /// <summary>Instead of the exit code of a worker for which a batch system has no place, and never will; the last words say why.</summary>
    public const int Refused = -4;
}
