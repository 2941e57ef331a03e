namespace Sweeps.Results.Attempts;

/// <summary>What became of metric points.</summary>
/// <param name="Standing">Whether they were stored, and whether the attempt is to go on.</param>
/// <param name="ToJudge">The running sweep, when it stops configurations early and these are points of what it judges them by.</param>
public sealed record RecordedPoints(AttemptStanding Standing, long? ToJudge);
