using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>A program of the user's ended with an error or by a signal; the message says which and has its last lines.</summary>
/// <param name="outcome">What that means for the attempt.</param>
/// <param name="message">For people.</param>
public sealed class ProgramException(AttemptOutcome outcome, string message) : Exception(message)
{
    /// <summary>What it means for the attempt.</summary>
    public AttemptOutcome Outcome { get; } = outcome;
}
