namespace Sweeps.Results.Records;

/// <summary>Where a sweep stands.</summary>
public enum SweepState
{
    /// <summary>Its ready stages may be claimed.</summary>
    Running,

    /// <summary>Asked to stop; running stages write a checkpoint and end, and all of it can be resumed.</summary>
    Stopped,

    /// <summary>Every run ended, at least one of them completed.</summary>
    Completed,

    /// <summary>Every run ended and none completed.</summary>
    Failed,

    /// <summary>Ended by request, for good.</summary>
    Cancelled,
}
