using System.Text.Json.Nodes;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A sweep's answer as the API shows it; both are null before there is one.</summary>
internal sealed record VerdictView(SweepState State, string? Verdict, JsonNode? Summary)
{
    public static VerdictView Of(SweepRecord sweep) =>
        new(sweep.State, sweep.Verdict, sweep.SummaryJson is { } json ? JsonNode.Parse(json) : null);
}
