namespace Sweeps.Results.Queries;

/// <summary>What a slot of a machine is busy with.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="Slot">Its slot, the first if it takes several.</param>
/// <param name="SweepId">The sweep.</param>
/// <param name="SweepName">Its name.</param>
/// <param name="StageId">The stage.</param>
/// <param name="Attempt">Its newest attempt.</param>
/// <param name="Label">Label of the first configuration that needs it.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="FromStep">First step.</param>
/// <param name="StepsDone">Steps done, counted from step 0.</param>
/// <param name="ToStep">Step at which it ends; of a program of the user's 0.</param>
/// <param name="StartedAt">When the attempt began.</param>
public sealed record SlotWork(string MachineId, int Slot, long SweepId, string SweepName, long StageId, int Attempt, string Label, int Seed, int FromStep,
    int StepsDone, int ToStep, DateTimeOffset StartedAt)
{
    /// <summary>All slots that it takes.</summary>
    public IReadOnlyList<int> Slots { get; init; } = [Slot];

    /// <summary>The share that it takes of each.</summary>
    public double Share { get; init; } = 1;
}
