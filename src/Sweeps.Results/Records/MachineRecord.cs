namespace Sweeps.Results.Records;

/// <summary>A host whose agent has asked for work.</summary>
public sealed class MachineRecord
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Its slots as the agent described them, a JSON array.</summary>
    public required string SlotsJson { get; set; }

    /// <summary>Whether it takes work.</summary>
    public Drain Drain { get; set; }

    /// <summary>When its agent first came.</summary>
    public DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>When its agent last started.</summary>
    public DateTimeOffset LastSeenAt { get; set; }
}
