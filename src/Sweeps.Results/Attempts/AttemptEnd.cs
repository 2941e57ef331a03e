using Sweeps.Core.Protocol;
using Sweeps.Results.Records;

namespace Sweeps.Results.Attempts;

/// <summary>The end of an attempt and what was decided about its stage.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Step">Steps done, as far as is known.</param>
/// <param name="Error">What went wrong, or null.</param>
/// <param name="Next">Completed, Ready (another attempt) or Failed.</param>
/// <param name="CountsAsFailure">Whether a failure uses up one of the stage's retries.</param>
public sealed record AttemptEnd(AttemptOutcome Outcome, long Step, string? Error, StageState Next, bool CountsAsFailure = true)
{
    /// <summary>How the next attempt needs less memory than this one, a sentence; null when it is like this one.</summary>
    public string? Smaller { get; init; }
}
