using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>Single runs: <c>/api/runs/{id}</c>.</summary>
internal static class RunEndpoints
{
    private const int MostNames = 50;

    public static void MapRuns(this RouteGroupBuilder run)
    {
        run.ProducesProblem(StatusCodes.Status404NotFound);
        run.AddEndpointFilter(ExistsAsync);
        run.MapGet("", async (long id, ResultsStore store) => TypedResults.Ok(RunView.Of((await store.Queries.RunAsync(id))!)))
            .WithName("getRun").WithSummary("One run: parameters, metrics, and its stages with attempts, causes of failure and checkpoints");
        run.MapGet("/metrics", MetricsAsync).WithName("getRunMetrics").WithSummary("Metrics along the path of a run, by default all of them, each with at most `points` points");
        run.MapGet("/samples", async (long id, ResultsStore store) => TypedResults.Ok(await store.Queries.SamplesAsync(id)))
            .WithName("listSamples").WithSummary("Texts that the run's model wrote: `prompt` and how it went on, and of tasks the answer that is right");
        run.MapGet("/log", LogAsync).WithName("getRunLog").WithSummary("The last lines of the log of a run's worker, by default of its newest attempt");
    }

    private static async Task<Ok<IReadOnlyList<MetricSeries>>> MetricsAsync(long id, ResultsStore store, string[]? names, [Range(10, 100_000)] int points = 1000)
    {
        var known = (await store.Queries.RunAsync(id))!.Metrics.Select(metric => metric.Name).ToArray();
        if (names?.FirstOrDefault(name => !known.Contains(name)) is { } other)
            throw new BadHttpRequestException($"'names' are metrics of the run ({(known.Length == 0 ? "it has none yet" : string.Join(", ", known))}), not '{other}'.");
        var wanted = names is [_, ..] ? names.Distinct() : known.Take(MostNames);
        var series = await Task.WhenAll(wanted.Select(async name => MetricSeries.Of(name, await store.Queries.CurveAsync(id, name), points)));
        return TypedResults.Ok<IReadOnlyList<MetricSeries>>(series);
    }

    private static async Task<Ok<LogView>> LogAsync(long id, ResultsStore store, WorkerLogs logs, CancellationToken cancellation, long? stage,
        [Range(1, int.MaxValue)] int? attempt, [Range(1, 10_000)] int lines = 200)
    {
        var stages = (await store.Queries.RunAsync(id))!.Stages;
        var chosen = stage is { } wanted ? stages.FirstOrDefault(one => one.Stage.Id == wanted) : stages.LastOrDefault(one => one.Attempts.Count > 0);
        if (chosen.Stage is null)
        {
            if (stage is not null) throw new BadHttpRequestException($"'stage' is one of the run's ({string.Join(", ", stages.Select(one => one.Stage.Id))}), not {stage}.");
            return TypedResults.Ok(new LogView(stages[0].Stage.Id, 0, [], IsCut: false));
        }
        var key = new AttemptKey(chosen.Stage.Id, attempt ?? chosen.Stage.Attempt);
        if (key.Number > chosen.Stage.Attempt) throw new BadHttpRequestException($"'attempt' is from 1 to {chosen.Stage.Attempt}, as stage {key.StageId} has no more, not {attempt}.");
        var (found, isCut) = await logs.TailAsync(key, lines, cancellation);
        return TypedResults.Ok(new LogView(key.StageId, key.Number, found, isCut));
    }

    private static async ValueTask<object?> ExistsAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var id = invocation.GetArgument<long>(0);
        return await invocation.HttpContext.RequestServices.GetRequiredService<ResultsStore>().Queries.HasRunAsync(id)
            ? await next(invocation) : TypedResults.Problem($"There is no run {id}.", statusCode: StatusCodes.Status404NotFound);
    }
}
