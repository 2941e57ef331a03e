using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sweeps.Core;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker.Tests;

/// <summary>A head that remembers what one attempt sends, over real HTTP.</summary>
public sealed class TestHead : IAsyncDisposable
{
    public const string Token = "secret";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication app;
    private readonly Func<TestHead, string, int?> answer;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> reached = new();

    private TestHead(WebApplication app, Func<TestHead, string, int?> answer)
    {
        this.app = app;
        this.answer = answer;
        app.MapPost("/api/attempts/{id}/{what}", HandleAsync);
        app.MapPut("/api/attempts/{id}/checkpoints/{step}", UploadAsync);
        app.MapGet("/api/attempts/{id}/resume", (Delegate)ResumeAsync);
    }

    public string Url => app.Urls.Single();

    /// <summary>What was acknowledged, in order: <c>loss 3</c>, <c>checkpoint 5</c>, <c>finish completed 20</c>.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public ConcurrentQueue<MetricPoint> Points { get; } = new();

    public ConcurrentQueue<CheckpointNotice> Checkpoints { get; } = new();

    public AttemptFinish? Finish { get; private set; }

    /// <summary>Requests so far, refused ones among them.</summary>
    public int Requests { get; private set; }

    public long LargestBody { get; private set; }

    /// <summary>For the answers of a test: whether it takes what it had refused.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether the answers say to go on.</summary>
    public bool Continue { get; set; } = true;

    /// <param name="answer">The status for a request (points, checkpoint, finish) instead of taking it, or null.</param>
    /// <param name="url">Where to listen; a free port unless a head is to come back.</param>
    public static async Task<TestHead> StartAsync(Func<TestHead, string, int?>? answer = null, string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var head = new TestHead(builder.Build(), answer ?? ((_, _) => null));
        await head.app.StartAsync();
        return head;
    }

    /// <summary>Completes when a line of the log was reached.</summary>
    public Task WaitFor(string line) => Reached(line).Task.WaitAsync(Patience);

    /// <summary>What attempts begin with.</summary>
    public byte[] Resume { get; set; } = [];

    /// <summary>Requests for it.</summary>
    public int Downloads { get; private set; }

    /// <summary>So many transfers break off in their middle.</summary>
    public int Cuts { get; set; }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> HandleAsync(HttpContext context, string id, string what)
    {
        Requests++;
        if (context.Request.Headers.Authorization != $"Bearer {Token}") return Results.Problem("wrong token", statusCode: 401);
        LargestBody = Math.Max(LargestBody, context.Request.ContentLength ?? 0);
        if (answer(this, what) is { } status) return Results.StatusCode(status);
        switch (what)
        {
            case "points":
                foreach (var point in (await ReadAsync<PointBatch>(context)).Points)
                {
                    Points.Enqueue(point);
                    Write($"{point.Metric} {point.Step}");
                }
                break;
            case "checkpoint":
                var checkpoint = await ReadAsync<CheckpointNotice>(context);
                Checkpoints.Enqueue(checkpoint);
                Write($"checkpoint {checkpoint.Step}");
                break;
            case "finish":
                Finish = await ReadAsync<AttemptFinish>(context);
                Write($"finish {Finish.Outcome} {Finish.Step}");
                break;
            default:
                return Results.NotFound(id);
        }
        return Results.Json(new AttemptReply(Continue), Json.Options);
    }

    private async Task<IResult> UploadAsync(HttpContext context, long step, string sha256)
    {
        Requests++;
        if (context.Request.Headers.Authorization != $"Bearer {Token}") return Results.Problem("wrong token", statusCode: 401);
        if (answer(this, "upload") is { } status) return Results.StatusCode(status);
        if (Cuts-- > 0)
        {
            await context.Request.Body.ReadExactlyAsync(new byte[context.Request.ContentLength!.Value / 2]);
            context.Abort();
            return Results.Empty;
        }
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Write($"upload {step} of {body.Length} bytes{(Convert.ToHexStringLower(SHA256.HashData(body.ToArray())) == sha256 ? "" : ", damaged")}");
        return Results.Json(new AttemptReply(Continue), Json.Options);
    }

    private async Task<IResult> ResumeAsync(HttpContext context)
    {
        Downloads++;
        if (answer(this, "resume") is { } status) return Results.StatusCode(status);
        if (Cuts-- > 0)
        {
            context.Response.ContentLength = Resume.Length;
            await context.Response.Body.WriteAsync(Resume.AsMemory(0, Resume.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return Results.Empty;
        }
        return Results.Bytes(Resume, enableRangeProcessing: true);
    }

    private static async Task<T> ReadAsync<T>(HttpContext context) => (await context.Request.ReadFromJsonAsync<T>(Json.Options))!;

    private void Write(string line)
    {
        Log.Enqueue(line);
        Reached(line).TrySetResult();
    }

    private TaskCompletionSource Reached(string line) => reached.GetOrAdd(line, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
