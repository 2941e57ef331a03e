using Sweeps.Core.Protocol;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Retries;

/// <summary>What becomes of a stage whose attempt has ended. Each cause has a budget of its own, so that a machine that keeps crashing
/// does not use up the patience with the user's program, nor the other way round.</summary>
public static class RetryPolicy
{
    /// <summary>Completed, ready for another attempt, or failed.</summary>
    /// <param name="budget">Retries that the sweep allows.</param>
    /// <param name="before">Failures before this one.</param>
    /// <param name="outcome">How the attempt ended.</param>
    /// <param name="isNobodysFault">True when the end uses up no retry.</param>
    public static StageState Next(RetryBudget budget, FailureCounts before, AttemptOutcome outcome, bool isNobodysFault = false) => outcome switch
    {
        AttemptOutcome.Completed => StageState.Completed,
        AttemptOutcome.Stopped => StageState.Ready,
        _ when isNobodysFault => StageState.Ready,
        AttemptOutcome.UserError => before.User < budget.User ? StageState.Ready : StageState.Failed,
        AttemptOutcome.OutOfMemory => before.Memory < budget.Memory ? StageState.Ready : StageState.Failed,
        AttemptOutcome.Lost or AttemptOutcome.DamagedCheckpoint => before.Machine < budget.Machine ? StageState.Ready : StageState.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
