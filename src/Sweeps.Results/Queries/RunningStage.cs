namespace Sweeps.Results.Queries;

/// <summary>A stage under way.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="Attempt">Its newest attempt.</param>
/// <param name="MachineId">Where it runs.</param>
/// <param name="Slot">On which slot.</param>
/// <param name="Label">Label of the first configuration that needs it.</param>
/// <param name="Runs">Runs that need it, at least 1.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="FromStep">First step.</param>
/// <param name="StepsDone">Steps done, counted from step 0.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="StartedAt">When its attempt began.</param>
/// <param name="ResumedFrom">Step at which its attempt began.</param>
/// <param name="Last">The sweep's metric, newest value, or null.</param>
public sealed record RunningStage(long StageId, int Attempt, string MachineId, int Slot, string Label, int Runs, int Seed, int FromStep,
    int StepsDone, int ToStep, DateTimeOffset StartedAt, int ResumedFrom, double? Last);
