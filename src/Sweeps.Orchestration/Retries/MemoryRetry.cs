using Sweeps.Core.Gpt;
using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Retries;

/// <summary>
/// How a stage of the built-in trainer is tried again after memory ran out: in smaller parts of the same batches. How small follows from how
/// often that has happened to the stage (<see cref="TrainingOptions.InSmallerParts"/>).
/// </summary>
/// <param name="Now">Parts of a batch in the attempt that has ended.</param>
/// <param name="Next">Parts in the next one; the same when they cannot be smaller.</param>
/// <param name="BatchSize">Sequences of the largest batch.</param>
public sealed record MemoryRetry(int Now, int Next, int BatchSize)
{
    /// <summary>What the stage's parameters allow; null for a command, which is tried again as it is, and for parameters that this version does not know.</summary>
    public static MemoryRetry? Of(AttemptedStage stage)
    {
        if (stage.CommandJson is not null) return null;
        try
        {
            var options = TrainingOptions.FromParameters(stage.Parameters, seed: 1);
            return new MemoryRetry(options.InSmallerParts(stage.MemoryFailures).Accumulation, options.InSmallerParts(stage.MemoryFailures + 1).Accumulation, options.BatchSize);
        }
        catch (GptParameterException)
        {
            return null;
        }
    }

    /// <summary>Whether the next attempt needs less memory.</summary>
    public bool IsSmaller => Next > Now;

    /// <summary>What the next attempt changes, a sentence.</summary>
    public string Change => $"is tried again with accumulation {Next}, batches in parts of {Sequences(Next)} instead of {BatchSize / Now}: the same steps in less memory.";

    /// <summary>What the user can change when there is no next attempt, a sentence.</summary>
    public string Advice => $"Memory ran out with batches in parts of {Sequences(Now)} (accumulation {Now}): " + (IsSmaller
        ? $"write accumulation {Next}, or a larger number for oom in retries, which tries that by itself."
        : $"batch_size {BatchSize} allows no smaller ones. Write a smaller context or model, or train it where there is more memory.");

    private string Sequences(int parts) => BatchSize / parts == 1 ? "1 sequence" : $"{BatchSize / parts} sequences";
}
