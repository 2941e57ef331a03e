using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Core.Protocol;
using Sweeps.Head.Access;
using Sweeps.Head.Live;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Attempts;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>What workers send: <c>/api/attempts/{stage}-{number}/...</c>. 401: not this attempt's token. 409: fenced, the worker must end.</summary>
internal static class AttemptEndpoints
{
    private const string Attempt = "attempt";

    /// <summary>What is on its way may come after an attempt's end, and its end may be told again; later than that its token is void.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMinutes(10);

    public static void MapAttempts(this RouteGroupBuilder attempts)
    {
        attempts.AddEndpointFilter(AuthorizeAsync);
        attempts.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status409Conflict);
        attempts.MapPost("/points", PointsAsync).WithName("postPoints").WithSummary("Store metric points; a batch that comes again changes nothing");
        attempts.MapPost("/checkpoint", async (CheckpointNotice checkpoint, HttpContext context, ResultsStore store) =>
            Answer(await store.RecordCheckpointAsync(KeyOf(context).StageId, KeyOf(context).Number, checkpoint)))
            .WithName("postCheckpoint").WithSummary("Tell that a checkpoint is complete on disk");
        attempts.MapPost("/finish", FinishAsync).WithName("finishAttempt").WithSummary("Tell how an attempt ended");
        attempts.MapPost("/logs", async (HttpContext context, WorkerLogs logs) =>
        {
            await logs.AppendAsync(KeyOf(context), context.Request.Body, context.RequestAborted);
            return TypedResults.NoContent();
        }).WithName("postLog").WithSummary("Append lines to the log of an attempt");
    }

    private static async Task<Results<Ok<AttemptReply>, ProblemHttpResult>> PointsAsync(
        PointBatch batch, HttpContext context, ResultsStore store, IGrainFactory grains, LiveFeed live)
    {
        var key = KeyOf(context);
        var (standing, toJudge) = await store.RecordPointsToJudgeAsync(key.StageId, key.Number, batch.Points);
        if (standing != AttemptStanding.Fenced) live.Stored(key.StageId, batch.Points);
        if (toJudge is { } sweep)
        {
            await grains.GetGrain<ISweepGrain>(sweep).Judge();
            if ((await store.Queries.StageAsync(key.StageId))!.State == StageState.Cancelled) standing = AttemptStanding.Stop;
        }
        return Answer(standing);
    }

    private static async Task<Results<Ok<AttemptReply>, ProblemHttpResult>> FinishAsync(
        AttemptFinish finish, HttpContext context, ResultsStore store, IGrainFactory grains)
    {
        var key = KeyOf(context);
        var stage = (await store.Queries.StageAsync(key.StageId))!;
        var ended = await grains.GetGrain<ISweepGrain>(stage.SweepId)
            .AttemptEnded(new AttemptEnding(key.StageId, key.Number, finish.Outcome, finish.Step, finish.Error));
        // The answer to the first try may have been lost: the same end again is not an error.
        if (ended || (await store.Queries.AttemptAsync(key.StageId, key.Number))!.Outcome == finish.Outcome)
            return TypedResults.Ok(new AttemptReply(Continue: false));
        return Fenced();
    }

    private static Results<Ok<AttemptReply>, ProblemHttpResult> Answer(AttemptStanding standing) => standing == AttemptStanding.Fenced
        ? Fenced() : TypedResults.Ok(new AttemptReply(standing == AttemptStanding.Continue));

    private static ProblemHttpResult Fenced() =>
        TypedResults.Problem("This attempt has ended or a newer one has begun; it must not write any more.", statusCode: StatusCodes.Status409Conflict);

    private static AttemptKey KeyOf(HttpContext context) => (AttemptKey)context.Items[Attempt]!;

    private static async ValueTask<object?> AuthorizeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var attempts = (RecentAttempts)context.RequestServices.GetService(typeof(RecentAttempts))!;
        var access = (AccessControl)context.RequestServices.GetService(typeof(AccessControl))!;
        if (!AttemptKey.TryParse((string)context.GetRouteValue("id")!, out var key) || AccessControl.Bearer(context.Request.Headers.Authorization.ToString()) is not { } token
            || await attempts.FindAsync(key) is not { } attempt || !AttemptToken.Fits(token, attempt))
            return access.Wrong(context, "The bearer token is not this attempt's.");
        // One that was only lost sight of may be alive.
        var time = (TimeProvider)context.RequestServices.GetService(typeof(TimeProvider))!;
        if (attempt is { EndedAt: { } ended, Outcome: not AttemptOutcome.Lost } && time.GetUtcNow() - ended > LastWords) return Fenced();
        context.Items[Attempt] = key;
        return await next(invocation);
    }
}
