using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Planning;
using Sweeps.Head.Reports;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Queries;

namespace Sweeps.Head.Api;

/// <summary>Sweeps and their results: <c>/api/sweeps</c>.</summary>
internal static class SweepEndpoints
{
    public static void MapSweeps(this RouteGroupBuilder sweeps)
    {
        sweeps.MapPost("", SubmitAsync);
        sweeps.MapGet("", async (ResultsStore store) => (await store.Queries.SweepsAsync()).Select(SweepView.Of));
        var one = sweeps.MapGroup("/{id:long}");
        one.AddEndpointFilter(ExistsAsync);
        one.MapPost("/extend", async (long id, HttpRequest request, IGrainFactory grains, KnownSlots slots, ResultsStore store) =>
        {
            using var reader = new StreamReader(request.Body);
            var name = (await store.Queries.FindSweepAsync(id))!.Name;
            var spec = SweepFile.Parse(await reader.ReadToEndAsync(request.HttpContext.RequestAborted), name);
            await SweepSubmission.ExtendAsync(store, grains, slots, id, spec);
            return SweepView.Of((await store.Queries.SweepAsync(id))!);
        });
        one.MapGet("", async (long id, ResultsStore store) => SweepView.Of((await store.Queries.SweepAsync(id))!));
        foreach (var command in Enum.GetValues<SweepCommand>())
            one.MapPost($"/{command.ToString().ToLowerInvariant()}", (long id, IGrainFactory grains, ResultsStore store) => ApplyAsync(command, id, grains, store));
        one.MapGet("/runs", (long id, ResultsStore store) => store.Queries.RunsAsync(id));
        one.MapGet("/configurations", async (long id, ResultsStore store) => (await store.Queries.ConfigurationsAsync(id)).Select(ConfigurationView.Of));
        one.MapGet("/curves", async (long id, string? metric, ResultsStore store) =>
            await store.Queries.CurvesAsync(id, metric ?? (await store.Queries.FindSweepAsync(id))!.Metric));
        one.MapGet("/verdict", async (long id, ResultsStore store) => VerdictView.Of(await SweepAnswer.ReadAsync(store.Queries, id)));
    }

    private static async Task<Results<Ok<SweepView>, ProblemHttpResult>> ApplyAsync(SweepCommand command, long id, IGrainFactory grains, ResultsStore store)
    {
        if (command.Refusal((await store.Queries.FindSweepAsync(id))!) is { } refusal)
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict);
        await command.ApplyAsync(grains.GetGrain<ISweepGrain>(id));
        return TypedResults.Ok(SweepView.Of((await store.Queries.SweepAsync(id))!));
    }

    private static async Task<Results<Created<SweepView>, Ok<SweepView>>> SubmitAsync(
        HttpRequest request, ResultsStore store, IGrainFactory grains, KnownSlots slots, string? name, string? directory)
    {
        using var reader = new StreamReader(request.Body);
        var spec = SweepFile.Parse(await reader.ReadToEndAsync(request.HttpContext.RequestAborted), name ?? "sweep.yaml");
        if (spec.Command is not null)
        {
            if (directory is null || !Path.IsPathFullyQualified(directory))
                throw new BadHttpRequestException("The program of this sweep is started in the directory of its file: give that as ?directory=/full/path.");
            spec = spec.In(Path.GetFullPath(directory));
        }
        var submission = await SweepSubmission.SubmitAsync(store, grains, slots, spec);
        var view = SweepView.Of((await store.Queries.SweepAsync(submission.SweepId))!);
        return submission.IsResumed ? TypedResults.Ok(view) : TypedResults.Created($"/api/sweeps/{submission.SweepId}", view);
    }

    private static async ValueTask<object?> ExistsAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var id = invocation.GetArgument<long>(0);
        return await invocation.GetArgument<ResultsStore>(invocation.Arguments.Count - 1).Queries.FindSweepAsync(id) is null
            ? TypedResults.Problem($"There is no sweep {id}.", statusCode: StatusCodes.Status404NotFound) : await next(invocation);
    }
}
