namespace Sweeps.Results.Access;

/// <summary>What the holder of a token may do.</summary>
public enum TokenRole
{
    /// <summary>Read all results.</summary>
    Viewer,

    /// <summary>What a viewer may, and submit, extend and control sweeps and nightly jobs.</summary>
    Submitter,

    /// <summary>Report as the agent of a machine, and nothing else.</summary>
    Agent,

    /// <summary>Everything, tokens and machines included.</summary>
    Admin,
}
