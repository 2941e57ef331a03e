namespace Sweeps.Results.Records;

/// <summary>Where a run stands; follows from its stages.</summary>
public enum RunState
{
    /// <summary>No stage of it has begun.</summary>
    Waiting,

    /// <summary>At least one stage of it has begun.</summary>
    Running,

    /// <summary>Its last stage is complete.</summary>
    Completed,

    /// <summary>A stage of it has failed.</summary>
    Failed,

    /// <summary>Its sweep was cancelled, or stopped before it began.</summary>
    Cancelled,

    /// <summary>Its configuration was stopped early, as not worth training further.</summary>
    Pruned,
}
