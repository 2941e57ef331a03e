using Sweeps.Core.Statistics;
using Sweeps.Core.Statistics.Importance;
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

    /// <summary>Steps of stages of earlier sweeps that its runs go through.</summary>
    public long StepsReused { get; init; }

    /// <summary>The time that the training took; null of a program of the user's, and of imported logs.</summary>
    public TrainingSeconds? Training { get; init; }

    /// <summary>Its runs.</summary>
    public IReadOnlyList<ReportRun> Runs { get; init; } = [];

    /// <summary>The stages of its runs; none of a program of the user's, whose runs share nothing.</summary>
    public IReadOnlyList<ReportPath> Paths { get; init; } = [];

    /// <summary>How much each parameter matters; null where that was not asked.</summary>
    public SweepImportance? Importance { get; init; }

    /// <summary>How to get the same numbers again: commands, and sentences that begin with #.</summary>
    public IReadOnlyList<string> Reproduction { get; init; } = [];

    /// <summary>Where it ran: versions, machine, libraries.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }
}
