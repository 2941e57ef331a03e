using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A sweep's answer as the API shows it, from what is stored so far.</summary>
internal sealed record VerdictView(SweepState State, string Verdict, SweepSummary Summary)
{
    public static VerdictView Of(SweepAnswer answer) => new(answer.Overview.Sweep.State, answer.Summary.Verdict, answer.Summary);
}
