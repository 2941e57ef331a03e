using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Attempts;

/// <summary>What the end of a worker process means when the worker itself could not tell the head.</summary>
public static class WorkerExit
{
    private const int Aborted = 128 + 6, Killed = 128 + 9;

    private static readonly Dictionary<int, string> SignalNames = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL", [11] = "SIGSEGV", [15] = "SIGTERM",
    };

    /// <summary>The ending as far as the exit code tells.</summary>
    public static AttemptEnding Explain(WorkerEnding worker)
    {
        var (outcome, error) = worker.ExitCode switch
        {
            WorkerExitCode.Stopped => (AttemptOutcome.Stopped, null),
            WorkerExitCode.UserError => (AttemptOutcome.UserError, LastLine(worker) ?? "The configuration or its data cannot be trained."),
            WorkerExitCode.OutOfMemory => (AttemptOutcome.OutOfMemory, LastLine(worker) ?? "Memory ran out."),
            WorkerExitCode.DamagedCheckpoint => (AttemptOutcome.DamagedCheckpoint, LastLine(worker) ?? "The checkpoint to begin with cannot be read."),
            // Its completion did not reach the head, so its last points may not have either: the work after the last checkpoint is done again.
            WorkerExitCode.Completed => (AttemptOutcome.Lost, "The worker ended without reporting its completion."),
            WorkerExitCode.Fenced => (AttemptOutcome.Lost, "The worker ended because the head refused it."),
            WorkerExitCode.HeadUnreachable => (AttemptOutcome.Lost, "The worker did not reach the head for too long."),
            WorkerExitCode.ProgramKilled => (AttemptOutcome.Lost, LastLine(worker) ?? "The program was ended by a signal."),
            WorkerEnding.Unwatched => (AttemptOutcome.Lost, With(worker, "The worker ended while its agent could not see how")),
            WorkerEnding.NotStarted => (AttemptOutcome.Lost, LastLine(worker) ?? "The worker could not be started."),
            WorkerEnding.Refused => (AttemptOutcome.UserError, LastLine(worker) ?? "The batch system refuses the job."),
            WorkerEnding.Evicted when worker.WasAskedToStop => (AttemptOutcome.Stopped, null),
            WorkerEnding.Evicted => (AttemptOutcome.Lost, LastLine(worker) ?? "The batch system ended the job."),
            // It had no time for a checkpoint; the work after its last one is done again.
            > 128 when worker.WasAskedToStop => (AttemptOutcome.Stopped, null),
            Killed when worker.MemoryRanOut => (AttemptOutcome.OutOfMemory, "The worker was killed by the kernel: memory ran out."),
            // How the runtime and the C++ library end a process that they cannot get memory for.
            Aborted when worker.LastWords.Contains("Out of memory", StringComparison.Ordinal) || worker.LastWords.Contains("std::bad_alloc", StringComparison.Ordinal) =>
                (AttemptOutcome.OutOfMemory, With(worker, "The worker ended because memory ran out")),
            > 128 => (AttemptOutcome.Lost, With(worker, $"The worker was ended by signal {Signal(worker.ExitCode - 128)}")),
            _ => (AttemptOutcome.UserError, With(worker, $"The worker ended with exit code {worker.ExitCode}")),
        };
        return new AttemptEnding(worker.Attempt.StageId, worker.Attempt.Number, outcome, -1, error);
    }

    private static string Signal(int number) => SignalNames.TryGetValue(number, out var name) ? $"{number} ({name})" : $"{number}";

    private static string With(WorkerEnding worker, string sentence) => LastLine(worker) is { } line ? $"{sentence}: {line}" : $"{sentence}.";

    private static string? LastLine(WorkerEnding worker) =>
        worker.LastWords.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}
