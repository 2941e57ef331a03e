using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Head.Reports;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>Sweeps beside each other: <c>GET /api/compare?sweeps=1&amp;sweeps=2</c>.</summary>
internal static class ComparisonEndpoint
{
    /// <summary>All of a sweep's curves are read for it.</summary>
    private const int Most = 20;

    public static void MapComparison(this RouteGroupBuilder api) => api.MapGet("/compare", CompareAsync).WithName("compareSweeps").WithTags("sweeps")
        .WithSummary("The configurations of sweeps of one metric beside each other: tests, corrected for all of them, and ratios of cost with intervals, against the baseline of the first")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ComparisonView>, ProblemHttpResult>> CompareAsync(ResultsStore store, SweepAnswers answers, long[]? sweeps)
    {
        long[] ids = [.. (sweeps ?? []).Distinct()];
        if (ids.Length is 0 or > Most) throw new BadHttpRequestException($"'sweeps' is given once for each sweep to compare, 1 to {Most} of them, not {ids.Length}.");
        foreach (var id in ids)
            if (await store.Queries.FindSweepAsync(id) is null) return TypedResults.Problem($"There is no sweep {id}.", statusCode: StatusCodes.Status404NotFound);
        var found = new List<SweepAnswer>();
        foreach (var id in ids) found.Add(await answers.OfAsync(id));
        return SweepComparison.Refusal(found) is { } refusal
            ? TypedResults.Problem(char.ToUpperInvariant(refusal[0]) + refusal[1..], statusCode: StatusCodes.Status422UnprocessableEntity) : TypedResults.Ok(ComparisonView.Of(found));
    }
}
