using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Retries;

/// <summary>How often a stage is tried again, by cause.</summary>
/// <param name="User">After errors of the user's program or configuration.</param>
/// <param name="Memory">After memory ran out.</param>
/// <param name="Machine">After the worker or its machine vanished.</param>
public sealed record RetryBudget(int User = 1, int Memory = 1, int Machine = 5)
{
    /// <summary>The budget that its sweep gives a stage.</summary>
    public static RetryBudget Of(AttemptedStage stage) => new(stage.UserRetries, stage.MemoryRetries, stage.MachineRetries);
}
