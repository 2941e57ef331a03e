namespace Sweeps.Core.Stages;

/// <summary>A stage of a sweep that was submitted earlier.</summary>
/// <param name="Id">Its id in the database.</param>
/// <param name="SweepId">Its sweep.</param>
/// <param name="Parent">Id of the stage before it, or null.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="Origin"><see cref="RunIdentity.Origin"/> of the runs that need it.</param>
/// <param name="Identity">Their <see cref="RunIdentity.At"/> its end.</param>
/// <param name="CanBegin">Whether another stage can begin at its end, because its checkpoint is there or will be.</param>
public sealed record StoredStage(long Id, long SweepId, long? Parent, int FromStep, int ToStep, string Origin, string Identity, bool CanBegin);
