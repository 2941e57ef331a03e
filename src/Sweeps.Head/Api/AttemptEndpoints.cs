using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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
        attempts.MapPost("/checkpoint", CheckpointAsync).WithName("postCheckpoint").WithSummary("Tell that a checkpoint is complete in the head's directory of them");
        attempts.MapPut("/checkpoints/{step:int}", UploadAsync).WithName("putCheckpoint").WithSummary("Send a checkpoint; one that comes again changes nothing")
            .Accepts<Stream>("application/octet-stream")
            .ProducesProblem(StatusCodes.Status411LengthRequired).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status507InsufficientStorage);
        attempts.MapGet("/resume", ResumeAsync).WithName("getResume").WithSummary("The checkpoint that an attempt begins with")
            .Produces<Stream>(contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
        attempts.MapPost("/samples", async Task<Results<Ok<AttemptReply>, ProblemHttpResult>> (TextSample sample, HttpContext context, ResultsStore store) =>
                sample.Problem is { } problem ? TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest)
                    : Answer(await store.RecordSampleAsync(KeyOf(context).StageId, KeyOf(context).Number, sample)))
            .WithName("postSample").WithSummary("Store a text that the model wrote at the end of its run; one that comes again changes nothing");
        attempts.MapPost("/finish", FinishAsync).WithName("finishAttempt").WithSummary("Tell how an attempt ended");
        attempts.MapPost("/logs", async (long offset, HttpContext context, WorkerLogs logs) =>
                TypedResults.Ok(new LogReceipt(await logs.AppendAsync(KeyOf(context), offset, context.Request.Body, context.RequestAborted))))
            .WithName("postLog").WithSummary("Append to the log of an attempt what begins at an offset; what it has already changes nothing");
    }

    private static async Task<Results<Ok<AttemptReply>, ProblemHttpResult>> CheckpointAsync(
        CheckpointNotice checkpoint, HttpContext context, ResultsStore store, CheckpointFiles files)
    {
        var key = KeyOf(context);
        return files.Shared(key, checkpoint.Path) is { } path
            ? Answer(await store.RecordCheckpointAsync(key.StageId, key.Number, checkpoint with { Path = path }))
            : !await store.Queries.MayWriteAsync(key.StageId, key.Number) ? Fenced()
            : TypedResults.Problem("The checkpoint is not where this head keeps those of the stage: send it instead.", statusCode: StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<AttemptReply>, ProblemHttpResult>> UploadAsync(
        int step, string sha256, string? device, string? inputs, HttpContext context, ResultsStore store, CheckpointFiles files)
    {
        var key = KeyOf(context);
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigit))
            return TypedResults.Problem("'sha256' is 64 hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);
        if (context.Request.ContentLength is not { } bytes)
            return TypedResults.Problem("A checkpoint is sent with its length.", statusCode: StatusCodes.Status411LengthRequired);
        // Asked before the body is read, which a fenced attempt need not send.
        if (!await store.Queries.MayWriteAsync(key.StageId, key.Number)) return Fenced();
        var known = (await store.Queries.CheckpointsAsync(key.StageId)).LastOrDefault();
        var sent = new CheckpointNotice(step, "", sha256, bytes) { Device = device, Inputs = inputs };
        if (known is not null && known.Step == step && known.Attempt == key.Number && string.Equals(known.Sha256, sha256, StringComparison.OrdinalIgnoreCase) && File.Exists(known.Path))
            return Answer(await store.RecordCheckpointAsync(key.StageId, key.Number, sent with { Path = known.Path }));
        if (files.Refusal(bytes) is var (why, mayChange))
            return TypedResults.Problem(why, statusCode: mayChange ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status413PayloadTooLarge);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = files.Limit;
        if (await files.ReceiveAsync(key, sent, context.Request.Body, context.RequestAborted) is not { } received)
            return TypedResults.Problem("What has arrived is not the checkpoint of that hash.", statusCode: StatusCodes.Status422UnprocessableEntity);
        return Answer(await store.RecordCheckpointAsync(key.StageId, key.Number, received));
    }

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> ResumeAsync(HttpContext context, ResultsStore store, CheckpointFiles files)
    {
        var key = KeyOf(context);
        if (!await store.Queries.MayWriteAsync(key.StageId, key.Number)) return Fenced();
        return await store.Queries.ResumedFromAsync(key.StageId, key.Number) is { } checkpoint && files.Inside(checkpoint.Path) is { } path && File.Exists(path)
            ? TypedResults.PhysicalFile(path, "application/octet-stream", enableRangeProcessing: true)
            : TypedResults.Problem("There is no checkpoint that this attempt begins with.", statusCode: StatusCodes.Status404NotFound);
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
        var store = (ResultsStore)context.RequestServices.GetService(typeof(ResultsStore))!;
        var recent = (RecentAttempts)context.RequestServices.GetService(typeof(RecentAttempts))!;
        // Points come far more often than all else, and their own write refuses those of an attempt that has ended.
        var isPoints = context.Request.Path.Value!.EndsWith("/points", StringComparison.Ordinal);
        var access = (AccessControl)context.RequestServices.GetService(typeof(AccessControl))!;
        if (!AttemptKey.TryParse((string)context.GetRouteValue("id")!, out var key) || AccessControl.Bearer(context.Request.Headers.Authorization.ToString()) is not { } token
            || await (isPoints ? recent.FindAsync(key) : new(store.Queries.AttemptAsync(key.StageId, key.Number))) is not { } attempt || !AttemptToken.Fits(token, attempt))
            return access.Wrong(context, "The bearer token is not this attempt's.");
        // One that was only lost sight of may be alive.
        var time = (TimeProvider)context.RequestServices.GetService(typeof(TimeProvider))!;
        if (attempt is { EndedAt: { } ended, Outcome: not AttemptOutcome.Lost } && time.GetUtcNow() - ended > LastWords) return Fenced();
        context.Items[Attempt] = key;
        return await next(invocation);
    }
}
