namespace Sweeps.Results.Attempts;

/// <summary>A stage that a slot can claim.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="SweepId">Its sweep.</param>
/// <param name="Priority">The sweep's priority, 0 to 100.</param>
/// <param name="LongestPath">Steps to the end of the longest run that needs it.</param>
public sealed record ReadyStage(long StageId, long SweepId, int Priority, int LongestPath);
