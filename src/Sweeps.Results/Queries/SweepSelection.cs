using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>Which sweeps of a database are listed, in which order, and which part of the list.</summary>
public sealed record SweepSelection
{
    /// <summary>In one of these states; in any when empty.</summary>
    public IReadOnlyList<SweepState> States { get; init; } = [];

    /// <summary>With this text in the name or the description, whatever its case; null for all.</summary>
    public string? Search { get; init; }

    /// <summary>What they are sorted by; of equals the newest comes first.</summary>
    public SweepSort Sort { get; init; }

    /// <summary>Largest or latest first.</summary>
    public bool IsDescending { get; init; } = true;

    /// <summary>Sweeps to leave out at the beginning.</summary>
    public int Offset { get; init; }

    /// <summary>The most sweeps.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>What sweeps are sorted by.</summary>
public enum SweepSort
{
    /// <summary>When they were submitted.</summary>
    Created,

    /// <summary>When they ended; those that have not come first of all when the latest do.</summary>
    Finished,

    /// <summary>Their name.</summary>
    Name,

    /// <summary>Their state, by its name.</summary>
    State,

    /// <summary>Their priority.</summary>
    Priority,
}
