using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Sweeps.Head.Access;
using Sweeps.Head.Live;

namespace Sweeps.Head.Api;

/// <summary>Server-sent events: <c>GET /api/events</c>.</summary>
internal static class EventEndpoint
{
    /// <summary>Clients that may listen at a time.</summary>
    private const int MostClients = 256;

    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    public static void MapEvents(this RouteGroupBuilder api) => api.MapGet("/events", StreamAsync).WithName("streamEvents").WithTags("events")
        .WithSummary("Server-sent events: what changes, as it changes")
        .WithDescription("The schema names the messages: a message `event: sweep` carries the schema's property `sweep` as JSON. A client that was cut off sends the last id as "
            + "`Last-Event-ID` and hears the events that it missed; after `reset` it loads again what it shows.")
        .Produces<LiveData>(contentType: "text/event-stream").ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task StreamAsync(HttpContext context, LiveFeed feed, AccessControl access, TimeProvider time, IHostApplicationLifetime lifetime, [FromHeader(Name = "Last-Event-ID")] string? lastEventId)
    {
        if (feed.Clients >= MostClients)
        {
            context.Response.Headers.RetryAfter = "5";
            await TypedResults.Problem($"{MostClients} clients listen already; try again later.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
            return;
        }
        // The head does not wait for clients that would stay for ever.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        LiveClient? client = null;
        try
        {
            client = await feed.ConnectAsync(lastEventId, end.Token);
            await context.Response.Body.WriteAsync("retry: 1000\n\n"u8.ToArray(), end.Token);
            for (var checkedAt = time.GetTimestamp(); ;)
            {
                if (time.GetElapsedTime(checkedAt) > HeartbeatEvery)
                {
                    // Its token may have become void meanwhile.
                    if ((await access.FindAsync(context)).Caller is null) return;
                    checkedAt = time.GetTimestamp();
                }
                while (client.TryTake(out var message)) await context.Response.Body.WriteAsync(message.Bytes, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
                using var idle = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                var waiting = client.WaitAsync(idle.Token).AsTask();
                await Task.WhenAny(waiting, Task.Delay(HeartbeatEvery, time, idle.Token));
                var isIdle = !waiting.IsCompleted;
                await idle.CancelAsync();
                await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                end.Token.ThrowIfCancellationRequested();
                if (isIdle) await context.Response.Body.WriteAsync(LiveMessage.Heartbeat.Bytes, end.Token);
            }
        }
        catch (Exception exception) when (end.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The client has gone, or the head ends.
        }
        finally
        {
            if (client is not null) feed.Disconnect(client);
        }
    }
}
