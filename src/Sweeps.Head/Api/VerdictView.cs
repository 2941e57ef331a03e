using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A sweep's answer as the API shows it, from what is stored so far.</summary>
/// <param name="State">Where the sweep stands.</param>
/// <param name="Verdict">The answer in words, a sentence or two to a line.</param>
/// <param name="Summary">The numbers behind it, for every configuration.</param>
public sealed record VerdictView(SweepState State, string Verdict, SweepSummary Summary)
{
    /// <summary>What is shown of an answer.</summary>
    public static VerdictView Of(SweepAnswer answer) => new(answer.Overview.Sweep.State, answer.Summary.Verdict, answer.Summary);
}
