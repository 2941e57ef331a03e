using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sweeps.Head.Reports;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>What a sweep has found: <c>/api/sweeps/{id}/...</c>.</summary>
internal static class SweepResultEndpoints
{
    public static void MapSweepResults(this RouteGroupBuilder one)
    {
        one.MapGet("/verdict", async (long id, ResultsStore store) => TypedResults.Ok(VerdictView.Of(await SweepAnswer.ReadAsync(store.Queries, id))))
            .WithName("getVerdict").WithSummary("What a sweep has found so far, finished or not: the answer in words and the statistics of every configuration");
    }
}
