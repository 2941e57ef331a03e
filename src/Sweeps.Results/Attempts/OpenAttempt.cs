using Sweeps.Results.Records;

namespace Sweeps.Results.Attempts;

/// <summary>An attempt under way, with the states that decide whether it should go on.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="SweepState">Where the sweep stands.</param>
/// <param name="StageId">The stage.</param>
/// <param name="StageState">Where the stage stands.</param>
/// <param name="Number">The fencing number.</param>
/// <param name="Slot">The machine's slot.</param>
public sealed record OpenAttempt(long SweepId, SweepState SweepState, long StageId, StageState StageState, int Number, int Slot)
{
    /// <summary>Whether configurations of the sweep may be stopped early.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>False when the worker should write a checkpoint and end.</summary>
    public bool ShouldGoOn => SweepState == SweepState.Running && StageState is not (StageState.Cancelled or StageState.Failed);
}
