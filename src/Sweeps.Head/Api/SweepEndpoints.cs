using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Access;
using Sweeps.Head.Planning;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>Sweeps and what they consist of: <c>/api/sweeps</c>.</summary>
internal static class SweepEndpoints
{
    public static void MapSweeps(this RouteGroupBuilder sweeps)
    {
        sweeps.MapPost("", SubmitAsync).WithName("submitSweep").WithSummary("Submit a sweep file; one of the same text that is paused or running goes on instead")
            .WithYamlBody("The sweep file.").ProducesSweepFileProblem();
        sweeps.MapGet("", ListAsync).WithName("listSweeps").WithSummary("The sweeps, by default the newest first");
        var one = sweeps.MapGroup("/{id:long}").ProducesProblem(StatusCodes.Status404NotFound);
        one.AddEndpointFilter(ExistsAsync);
        one.MapGet("", async (long id, ResultsStore store, TimeProvider time) => TypedResults.Ok(await ViewAsync(store, id, time)))
            .WithName("getSweep").WithSummary("One sweep and how far it is");
        one.MapGet("/file", async (long id, ResultsStore store) => TypedResults.Text((await store.Queries.FindSweepAsync(id))!.FileText, "application/yaml"))
            .WithName("getSweepFile").WithSummary("The sweep file as it was written").Produces<string>(contentType: "application/yaml");
        foreach (var command in Enum.GetValues<SweepCommand>())
        {
            var name = command.ToString().ToLowerInvariant();
            one.MapPost($"/{name}", (long id, IGrainFactory grains, ResultsStore store, TimeProvider time) => ApplyAsync(command, id, grains, store, time))
                .WithName($"{name}Sweep").WithSummary(Meaning(command)).ProducesProblem(StatusCodes.Status409Conflict);
        }
        one.MapPost("/extend", ExtendAsync).WithName("extendSweep").WithSummary("Add to a sweep what its changed file has more, and let it go on")
            .WithYamlBody("The changed sweep file.").ProducesSweepFileProblem().ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        one.MapGet("/runs", RunsAsync).WithName("listRuns").WithSummary("The runs of a sweep, by default by configuration and seed");
        one.MapGet("/running", async (long id, ResultsStore store) => TypedResults.Ok(await store.Queries.RunningStagesAsync(id)))
            .WithName("listRunningStages").WithSummary("The stages of a sweep that workers execute now");
        one.MapGet("/configurations", ConfigurationsAsync).WithName("listConfigurations").WithSummary("The configurations of a sweep with all their parameters");
        one.MapGet("/stages", StagesAsync).WithName("listStages").WithSummary("The stage tree of a sweep: what was trained once and which runs share it");
        one.MapGet("/metrics", async (long id, ResultsStore store) => TypedResults.Ok(await store.Queries.MetricNamesAsync(id)))
            .WithName("listMetricNames").WithSummary("Names of the metrics that a sweep has points of");
        one.MapGet("/events", EventsAsync).WithName("listEvents").WithSummary("What happened in a sweep, in order; `after` is the last id that is known");
        one.MapSweepResults();
    }

    /// <summary>The sweep as it is shown.</summary>
    internal static async Task<SweepView> ViewAsync(ResultsStore store, long id, TimeProvider time) =>
        SweepView.Of((await store.Queries.ListedSweepAsync(id, time.GetUtcNow()))!);

    private static async Task<Ok<Page<SweepView>>> ListAsync(ResultsStore store, TimeProvider time, SweepState[]? state, string? search,
        SweepSort sort = SweepSort.Created, SortOrder order = SortOrder.Desc, [Range(0, int.MaxValue)] int offset = 0, [Range(1, 500)] int limit = 50)
    {
        var (total, sweeps) = await store.Queries.SweepsAsync(new SweepSelection
        {
            States = state ?? [], Search = search, Sort = sort, IsDescending = order == SortOrder.Desc, Offset = offset, Limit = limit,
        }, time.GetUtcNow());
        return TypedResults.Ok(new Page<SweepView>([.. sweeps.Select(SweepView.Of)], total, offset, limit));
    }

    private static async Task<Ok<Page<RunResult>>> RunsAsync(long id, ResultsStore store, RunState[]? state, long? configuration,
        RunSort sort = RunSort.Place, SortOrder order = SortOrder.Asc, [Range(0, int.MaxValue)] int offset = 0, [Range(1, 10_000)] int limit = 100)
    {
        var runs = (await store.Queries.RunsAsync(id))
            .Where(run => (state is not [_, ..] || state.Contains(run.State)) && (configuration is null || run.ConfigurationId == configuration));
        return TypedResults.Ok(Page<RunResult>.Of([.. runs.By(sort, order)], offset, limit));
    }

    private static async Task<Ok<Page<ConfigurationView>>> ConfigurationsAsync(long id, ResultsStore store, string? search,
        [Range(0, int.MaxValue)] int offset = 0, [Range(1, 10_000)] int limit = 1000)
    {
        var found = (await store.Queries.ConfigurationsAsync(id))
            .Where(configuration => search is null || configuration.Label.Contains(search, StringComparison.OrdinalIgnoreCase)).ToList();
        return TypedResults.Ok(new Page<ConfigurationView>([.. found.Skip(offset).Take(limit).Select(ConfigurationView.Of)], found.Count, offset, limit));
    }

    private static async Task<Ok<Page<SharedStage>>> StagesAsync(long id, ResultsStore store, TimeProvider time, StageState[]? state,
        [Range(0, int.MaxValue)] int offset = 0, [Range(1, 10_000)] int limit = 1000) => TypedResults.Ok(Page<SharedStage>.Of(
            [.. (await store.Queries.SharedStagesAsync(id, time.GetUtcNow())).Where(stage => state is not [_, ..] || state.Contains(stage.State))], offset, limit));

    private static async Task<Ok<EventList>> EventsAsync(long id, ResultsStore store, long after = 0, [Range(1, 1000)] int limit = 100)
    {
        var found = await store.Queries.EventsAsync(after, id, limit + 1);
        return TypedResults.Ok(new EventList([.. found.Take(limit).Select(EventView.Of)], found.Count > limit));
    }

    private static async Task<Results<Ok<SweepView>, ProblemHttpResult>> ApplyAsync(
        SweepCommand command, long id, IGrainFactory grains, ResultsStore store, TimeProvider time)
    {
        if (command.Refusal((await store.Queries.FindSweepAsync(id))!) is { } refusal)
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict);
        await command.ApplyAsync(grains.GetGrain<ISweepGrain>(id));
        return TypedResults.Ok(await ViewAsync(store, id, time));
    }

    private static async Task<Results<Created<SweepView>, Ok<SweepView>>> SubmitAsync(
        HttpRequest request, ResultsStore store, IGrainFactory grains, KnownSlots slots, TimeProvider time, HeadOptions options, string? name, string? directory)
    {
        var spec = SweepFile.Parse(await request.ReadTextAsync(), name ?? "sweep.yaml");
        Caller.Of(request.HttpContext).CheckSweep(spec, options.DataDirectory);
        if (spec.Command is not null)
        {
            if (directory is null || !Path.IsPathFullyQualified(directory))
                throw new BadHttpRequestException("The program of this sweep is started in the directory of its file: give that as ?directory=/full/path.");
            spec = spec.In(Path.GetFullPath(directory));
        }
        var submission = await SweepSubmission.SubmitAsync(store, grains, slots, spec);
        var view = await ViewAsync(store, submission.SweepId, time);
        return submission.IsResumed ? TypedResults.Ok(view) : TypedResults.Created($"/api/sweeps/{submission.SweepId}", view);
    }

    private static async Task<Ok<SweepView>> ExtendAsync(long id, HttpRequest request, IGrainFactory grains, KnownSlots slots, ResultsStore store, TimeProvider time, HeadOptions options)
    {
        var name = (await store.Queries.FindSweepAsync(id))!.Name;
        var spec = SweepFile.Parse(await request.ReadTextAsync(), name);
        Caller.Of(request.HttpContext).CheckSweep(spec, options.DataDirectory);
        await SweepSubmission.ExtendAsync(store, grains, slots, id, spec);
        return TypedResults.Ok(await ViewAsync(store, id, time));
    }

    private static async ValueTask<object?> ExistsAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var id = invocation.GetArgument<long>(0);
        return await invocation.HttpContext.RequestServices.GetRequiredService<ResultsStore>().Queries.FindSweepAsync(id) is null
            ? TypedResults.Problem($"There is no sweep {id}.", statusCode: StatusCodes.Status404NotFound) : await next(invocation);
    }

    private static string Meaning(SweepCommand command) => command switch
    {
        SweepCommand.Pause => "Workers write checkpoints and end, and nothing more begins, until the sweep is resumed",
        SweepCommand.Resume => "Let a paused sweep go on",
        SweepCommand.Stop => "Let no more runs begin; the sweep ends when those that have begun do",
        SweepCommand.Cancel => "End the sweep at once and for good",
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
    };
}
