namespace Sweeps.Results.Queries;

/// <summary>A run that goes through a stage.</summary>
/// <param name="SweepId">The run's sweep.</param>
/// <param name="RunId">The run.</param>
public sealed record StageRun(long SweepId, long RunId);
