namespace Sweeps.Head;

/// <summary>A sweep that was submitted.</summary>
/// <param name="SweepId">Its id.</param>
/// <param name="IsResumed">True when a sweep of the same file had been paused or was running, and goes on.</param>
public sealed record Submission(long SweepId, bool IsResumed);
