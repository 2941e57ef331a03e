namespace Sweeps.Results.Records;

/// <summary>Where a sweep stands.</summary>
public enum SweepState
{
    /// <summary>Its ready stages may be claimed.</summary>
    Running,

    /// <summary>Running stages write a checkpoint and end, nothing is claimed, and all of it can be resumed.</summary>
    Paused,

    /// <summary>Every run ended, at least one of them completed.</summary>
    Completed,

    /// <summary>Every run ended and none completed.</summary>
    Failed,

    /// <summary>Ended by request, for good, or stopped before a run began.</summary>
    Cancelled,
}
