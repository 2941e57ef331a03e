using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Charts.Reports;

/// <summary>Everything that a report shows, as the database and the statistics gave it. The report computes nothing.</summary>
public sealed record SweepReportContent
{
    /// <summary>Id of the sweep.</summary>
    public required string Id { get; init; }

    /// <summary>The sweep file: name, question and text.</summary>
    public required SweepSpec Spec { get; init; }

    /// <summary>For example <c>finished</c>.</summary>
    public required string State { get; init; }

    /// <summary>When the numbers were read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What was found, with the verdict.</summary>
    public required SweepSummary Summary { get; init; }

    /// <summary>The validations of its runs, as many as there are.</summary>
    public required IReadOnlyList<RunCurve> Curves { get; init; }

    /// <summary>Optimizer steps that were trained.</summary>
    public required long StepsTrained { get; init; }

    /// <summary>Optimizer steps that all runs would have taken had no two shared any.</summary>
    public required long StepsWithoutSharing { get; init; }

    /// <summary>Where it ran: versions, machine, libraries.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }
}
