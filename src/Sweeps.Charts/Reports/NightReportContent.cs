using Sweeps.Core.Nightly;

namespace Sweeps.Charts.Reports;

/// <summary>Everything that a night's report shows, as the database and the statistics gave it. The report computes nothing.</summary>
public sealed record NightReportContent
{
    /// <summary>Name of the nightly job.</summary>
    public required string Job { get; init; }

    /// <summary>The night's date.</summary>
    public required string Night { get; init; }

    /// <summary>Name and id of its sweep.</summary>
    public required string Sweep { get; init; }

    /// <summary>The question in words, or null.</summary>
    public string? Description { get; init; }

    /// <summary>When it was to begin.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>From the sweep's beginning to its end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How it compares, one sentence to a line.</summary>
    public required string Verdict { get; init; }

    /// <summary>What can be said of it.</summary>
    public required IReadOnlyList<NightEvent> Events { get; init; }

    /// <summary>What it measured.</summary>
    public required NightResult Result { get; init; }

    /// <summary>The metric of the configurations over the last nights, this one included.</summary>
    public required IReadOnlyList<NightCurve> Metric { get; init; }

    /// <summary>Their speed.</summary>
    public required IReadOnlyList<NightCurve> Speed { get; init; }

    /// <summary>The sweep file, whole.</summary>
    public required string SweepFile { get; init; }

    /// <summary>Facts that may matter to who compares: versions, the machine.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }
}
