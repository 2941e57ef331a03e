using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Retries;

/// <summary>How often a stage is tried again, by cause.</summary>
/// <param name="User">After errors of the user's program or configuration.</param>
/// <param name="Memory">After memory ran out.</param>
/// <param name="Machine">After the worker or its machine vanished.</param>
public sealed record RetryBudget(int User = 1, int Memory = 1, int Machine = 5)
{
    /// <summary>The budget of a sweep's stages.</summary>
    public static RetryBudget Of(SweepRecord sweep) => new(sweep.UserRetries, sweep.MemoryRetries, sweep.MachineRetries);
}
