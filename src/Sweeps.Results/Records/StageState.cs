namespace Sweeps.Results.Records;

/// <summary>Where a stage stands.</summary>
public enum StageState
{
    /// <summary>The stage before it is not complete.</summary>
    Waiting,

    /// <summary>It can be claimed by a slot.</summary>
    Ready,

    /// <summary>Its newest attempt is under way.</summary>
    Running,

    /// <summary>Its last step is reached and the checkpoint there is stored.</summary>
    Completed,

    /// <summary>A retry budget is exhausted; the runs that need it have failed.</summary>
    Failed,

    /// <summary>No run needs it any more.</summary>
    Cancelled,
}
