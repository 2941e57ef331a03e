using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Charts;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Access;
using Sweeps.Head.Nightly;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Nightly;

namespace Sweeps.Head.Api;

/// <summary>Nightly jobs and their nights: <c>/api/nightly</c>.</summary>
internal static class NightlyEndpoints
{
    private const int UsualNights = 30;

    public static void MapNightly(this RouteGroupBuilder nightly)
    {
        nightly.MapGet("", ListAsync).WithName("listNightlyJobs").WithSummary("Nightly jobs: schedule, next run and last nights");
        nightly.MapPost("", AddAsync).WithName("addNightlyJob").WithSummary("Add a nightly job, or replace the one of its name")
            .WithYamlBody("The sweep file.").ProducesSweepFileProblem();
        var one = nightly.MapGroup("/{name}").ProducesProblem(StatusCodes.Status404NotFound);
        // No job and no grain has such a name.
        one.AddEndpointFilter(async (invocation, next) => invocation.HttpContext.GetRouteValue("name") is string name && string.IsNullOrWhiteSpace(name) ? Unknown(name) : await next(invocation));
        one.MapGet("", async Task<Results<Ok<NightlyJobView>, ProblemHttpResult>> (string name, int? nights, ResultsStore store, TimeProvider time) =>
            await ViewAsync(store, name, nights, time) is { } view ? TypedResults.Ok(view) : Unknown(name))
            .WithName("getNightlyJob").WithSummary("One nightly job with its history");
        one.MapGet("/history.svg", HistoryAsync).WithName("getNightlyChart").WithSummary("The history of a nightly job as an SVG picture")
            .Produces<string>(contentType: "image/svg+xml");
        one.MapDelete("", async Task<Results<NoContent, ProblemHttpResult>> (string name, IGrainFactory grains) =>
            await grains.GetGrain<INightlyGrain>(name).Remove() ? TypedResults.NoContent() : Unknown(name))
            .WithName("removeNightlyJob").WithSummary("Remove a nightly job; its sweeps stay");
        one.MapPost("/run", RunAsync).WithName("runNightlyJob").WithSummary("Begin a night now");
        one.MapPost("/pause", (string name, ResultsStore store, IGrainFactory grains, TimeProvider time) => ChangedAsync(name, job => job.Pause(), store, grains, time))
            .WithName("pauseNightlyJob").WithSummary("Begin no more nights until the job is resumed");
        one.MapPost("/resume", (string name, ResultsStore store, IGrainFactory grains, TimeProvider time) => ChangedAsync(name, job => job.Resume(), store, grains, time))
            .WithName("resumeNightlyJob").WithSummary("Let a paused job go on");
    }

    private static async Task<Ok<Page<NightlyJobView>>> ListAsync(int? nights, ResultsStore store, TimeProvider time,
        [Range(0, int.MaxValue)] int offset = 0, [Range(1, 500)] int limit = 50)
    {
        var jobs = await store.Queries.Nightly.JobsAsync();
        var views = new List<NightlyJobView>();
        foreach (var job in jobs.Skip(offset).Take(limit))
            views.Add(NightlyJobView.Of(job, await store.Queries.Nightly.NightsAsync(job.Name, nights ?? UsualNights), time.GetUtcNow()));
        return TypedResults.Ok(new Page<NightlyJobView>(views, jobs.Count, offset, limit));
    }

    /// <summary>
    /// Adds a job, or replaces the one of its name. An alert's command is run by the head, so a file's is taken only when <c>?file=</c> names, on the
    /// head's own machine, a file with this very text: who can write there needs no alert to run a command.
    /// </summary>
    private static async Task<Results<Created<NightlyAdded>, Ok<NightlyAdded>>> AddAsync(
        HttpRequest request, string? file, string? name, string? cron, string? timezone, ResultsStore store, IGrainFactory grains, TimeProvider time, HeadOptions options)
    {
        var yaml = await request.ReadTextAsync();
        var spec = SweepFile.Parse(yaml, file ?? "sweep.yaml");
        var caller = Caller.Of(request.HttpContext);
        caller.CheckSweep(spec, options.DataDirectory);
        if (file is not null ? !Path.IsPathFullyQualified(file) : spec.Command is not null)
            throw new BadHttpRequestException("Name the sweep file as ?file=/full/path: the program of a sweep is started in the directory of its file.");
        // Others must not find out in this way what files hold.
        var isLocal = file is not null && caller.MayStartCommands && await HasTextAsync(file, yaml);
        var job = NightlyJob.Of(spec, file ?? "sweep.yaml", isLocal, time.GetUtcNow(), name, cron, timezone);
        var addition = await store.Nightly.AddAsync(job);
        await grains.GetGrain<INightlyGrain>(job.Name).Schedule();
        var added = new NightlyAdded(addition, spec.Alert is null || isLocal, (await ViewAsync(store, job.Name, 1, time))!);
        return addition == NightlyAddition.New ? TypedResults.Created($"/api/nightly/{job.Name}", added) : TypedResults.Ok(added);
    }

    private static async Task<Results<Accepted<SweepView>, ProblemHttpResult>> RunAsync(string name, ResultsStore store, IGrainFactory grains, TimeProvider time)
    {
        var start = await grains.GetGrain<INightlyGrain>(name).RunNow();
        if (!start.Exists) return Unknown(name);
        return start.SweepId is { } id ? TypedResults.Accepted($"/api/sweeps/{id}", await SweepEndpoints.ViewAsync(store, id, time))
            : TypedResults.Problem(start.Why, statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<NightlyJobView>, ProblemHttpResult>> ChangedAsync(
        string name, Func<INightlyGrain, Task<bool>> change, ResultsStore store, IGrainFactory grains, TimeProvider time) =>
        await change(grains.GetGrain<INightlyGrain>(name)) && await ViewAsync(store, name, 1, time) is { } view ? TypedResults.Ok(view) : Unknown(name);

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> HistoryAsync(string name, string? metric, ResultsStore store)
    {
        if (await store.Queries.Nightly.JobAsync(name) is not { } job) return Unknown(name);
        HistoryNight[] nights = [.. NightHistory.Of(await store.Queries.Nightly.NightsAsync(name), job.Subject, job.TimeZone)];
        var unit = nights.LastOrDefault(night => night.Result is not null)?.Result;
        using var chart = metric == "speed" ? HistoryChart.Draw(name, NightHistory.Speed(nights), $"Training speed, {unit?.SpeedUnit}")
            : HistoryChart.Draw(name, NightHistory.Metric(nights), unit?.Metric ?? "");
        return TypedResults.Text(chart.ToSvg(), "image/svg+xml");
    }

    private static async Task<NightlyJobView?> ViewAsync(ResultsStore store, string name, int? nights, TimeProvider time) => await store.Queries.Nightly.JobAsync(name) is { } job
        ? NightlyJobView.Of(job, await store.Queries.Nightly.NightsAsync(name, nights ?? UsualNights), time.GetUtcNow()) : null;

    private static async Task<bool> HasTextAsync(string path, string text)
    {
        try
        {
            return await File.ReadAllTextAsync(path) == text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static ProblemHttpResult Unknown(string name) =>
        TypedResults.Problem($"There is no nightly job {name}: `sweeps nightly list` shows those there are.", statusCode: StatusCodes.Status404NotFound);
}
