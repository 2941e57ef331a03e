namespace Sweeps.Results.Records;

/// <summary>Whether a machine takes work.</summary>
public enum Drain
{
    /// <summary>It does.</summary>
    None,

    /// <summary>It takes no more; what it executes goes on to its end.</summary>
    WhenDone,

    /// <summary>It takes no more; what it executes is to write a checkpoint and end, and goes on elsewhere.</summary>
    Now,
}
