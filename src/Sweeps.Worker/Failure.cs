using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker;

/// <summary>What an exception of the training means to the head.</summary>
public static class Failure
{
    // How libtorch's allocators say it, on the CPU (c10/core/impl/alloc_cpu.cpp) and on a GPU (c10/cuda/CUDACachingAllocator.cpp).
    private static readonly string[] OutOfMemoryTexts = ["DefaultCPUAllocator: can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>
    /// The outcome and the text to show: the sentence of an exception that was written for users, else the whole exception.
    /// </summary>
    public static (AttemptOutcome Outcome, string Error) Describe(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OutOfMemoryException || OutOfMemoryTexts.Any(text => cause.Message.Contains(text, StringComparison.OrdinalIgnoreCase)))
                return (AttemptOutcome.OutOfMemory, cause.Message);
        }
        if (exception is DamagedCheckpointException) return (AttemptOutcome.DamagedCheckpoint, exception.Message);
        return exception is TrainingException or GptParameterException or AssignmentException
            ? (AttemptOutcome.UserError, exception.Message)
            : (AttemptOutcome.UserError, exception.ToString());
    }
}
