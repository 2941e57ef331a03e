using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Retries;

/// <summary>How often a stage has failed, by cause.</summary>
/// <param name="User">Errors of the user's program or configuration.</param>
/// <param name="Memory">Memory ran out.</param>
/// <param name="Machine">The worker or its machine vanished.</param>
public sealed record FailureCounts(int User = 0, int Memory = 0, int Machine = 0)
{
    /// <summary>The failures of a stage.</summary>
    public static FailureCounts Of(AttemptedStage stage) => new(stage.UserFailures, stage.MemoryFailures, stage.MachineFailures);
}
