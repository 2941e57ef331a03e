namespace Sweeps.Results.Records;

/// <summary>One configuration with one seed.</summary>
public sealed class RunRecord
{
    /// <summary>Number in this database.</summary>
    public long Id { get; internal set; }

    /// <summary>The sweep.</summary>
    public long SweepId { get; init; }

    /// <summary>The configuration.</summary>
    public long ConfigurationId { get; init; }

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>Steps from 0 to its end.</summary>
    public int Steps { get; internal set; }

    /// <summary>Where it stands.</summary>
    public RunState State { get; internal set; }

    /// <summary>Why it failed, or null.</summary>
    public string? Error { get; internal set; }
}
