using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker;

/// <summary>What an exception of the training means to the head.</summary>
public static class Failure
{
    // How libtorch's allocators say it, on the CPU (c10/core/impl/alloc_cpu.cpp) and on a GPU (c10/cuda/CUDACachingAllocator.cpp);
    // and Python.
    private static readonly string[] OutOfMemoryTexts = ["DefaultCPUAllocator: can't allocate memory", "not enough memory", "out of memory", "MemoryError"];

    /// <summary>Whether a text of libtorch's or Python's says that memory ran out.</summary>
    public static bool IsOutOfMemory(string text) => OutOfMemoryTexts.Any(known => text.Contains(known, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The outcome and the text to show: the sentence of an exception that was written for users, else the whole exception.
    /// </summary>
    public static (AttemptOutcome Outcome, string Error) Describe(Exception exception)
    {
        if (exception is ProgramException program) return (program.Outcome, program.Message);
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OutOfMemoryException || IsOutOfMemory(cause.Message))
                return (AttemptOutcome.OutOfMemory, cause.Message);
        }
        if (exception is DamagedCheckpointException) return (AttemptOutcome.DamagedCheckpoint, exception.Message);
        return exception is TrainingException or GptParameterException or AssignmentException or CommandException
            ? (AttemptOutcome.UserError, exception.Message)
            : (AttemptOutcome.UserError, exception.ToString());
    }
}
