using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sweeps.Core.Protocol;
using Sweeps.Training.Checkpoints;

namespace Sweeps.Worker;

/// <summary>The head's API for one attempt.</summary>
public sealed class HeadClient : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private readonly HttpClient http;

    // Without a limit for the whole: it is enough that bytes go on.
    private readonly HttpClient files;
    private readonly TimeSpan stall;
    private readonly string root;

    /// <summary>A client with the attempt's address and token.</summary>
    public HeadClient(Assignment assignment, WorkerOptions options)
    {
        root = $"{assignment.HeadUrl.TrimEnd('/')}/api/attempts/{assignment.AttemptId}/";
        stall = options.RequestTimeout;
        var handler = HeadHttp.CreateHandler();
        http = Client(stall, disposeHandler: true);
        files = Client(Timeout.InfiniteTimeSpan, disposeHandler: false);

        HttpClient Client(TimeSpan timeout, bool disposeHandler) => new(handler, disposeHandler)
        {
            Timeout = timeout, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", assignment.Token) },
        };
    }

    /// <summary>Sends points, a checkpoint or a text.</summary>
    /// <returns>False when the head asks the attempt to stop.</returns>
    /// <inheritdoc cref="PostAsync" path="/exception"/>
    public Task<bool> SendAsync(SpoolBatch batch, CancellationToken cancellation) => batch.Checkpoint is { } checkpoint
        ? PostAsync("checkpoint", checkpoint, WorkerJson.Default.CheckpointNotice, cancellation)
        : batch.Sample is { } sample ? PostAsync("samples", sample, WorkerJson.Default.TextSample, cancellation)
        : PostAsync("points", new PointBatch(batch.Points), WorkerJson.Default.PointBatch, cancellation);

    /// <summary>Says how the attempt ended.</summary>
    /// <inheritdoc cref="PostAsync" path="/exception"/>
    public Task FinishAsync(AttemptFinish finish, CancellationToken cancellation) =>
        PostAsync("finish", finish, WorkerJson.Default.AttemptFinish, cancellation);

    /// <summary>Sends a checkpoint with its content. The body follows only when the head has said that it takes it.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="progressed">Called whenever some of it is sent.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <returns>False when the head asks the attempt to stop.</returns>
    /// <exception cref="FileNotFoundException">The file is gone.</exception>
    /// <inheritdoc cref="PostAsync" path="/exception"/>
    public async Task<bool> UploadAsync(CheckpointNotice checkpoint, Action progressed, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(stall);
        var query = string.Join('&', new[] { ("sha256", checkpoint.Sha256), ("device", checkpoint.Device), ("inputs", checkpoint.Inputs) }
            .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
        var what = $"checkpoints/{checkpoint.Step.ToString(CultureInfo.InvariantCulture)}";
        await using var file = File.OpenRead(checkpoint.Path);
        // When all is sent, the head has still to bring it to its disk.
        using var content = new FileContent(file, sent =>
        {
            limit.CancelAfter(sent < file.Length ? stall : stall + TimeSpan.FromSeconds(file.Length / 1e7));
            progressed();
        });
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{root}{what}?{query}") { Content = content, Headers = { ExpectContinue = true } };
        using var response = await files.SendAsync(request, limit.Token).ConfigureAwait(false);
        return await ReplyAsync(what, response, limit.Token).ConfigureAwait(false);
    }

    /// <summary>Fetches the checkpoint that the attempt begins with, or what a file lacks of it.</summary>
    /// <exception cref="DamagedCheckpointException">The head does not have it any more.</exception>
    /// <inheritdoc cref="PostAsync" path="/exception"/>
    public async Task DownloadResumeAsync(string path, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(stall);
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        using var request = new HttpRequestMessage(HttpMethod.Get, root + "resume");
        if (file.Length > 0) request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using var response = await files.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return; // it is all there; whether it is right, its hash says
        if (response.StatusCode == HttpStatusCode.NotFound)
            throw new DamagedCheckpointException($"The head does not have the checkpoint to begin with: {await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false)}");
        if (!response.IsSuccessStatusCode) await ReplyAsync("resume", response, limit.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.PartialContent) file.SetLength(0);
        file.Seek(0, SeekOrigin.End);
        var body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        var block = new byte[BlockBytes];
        while (await ReadAsync().ConfigureAwait(false) is var count and > 0)
        {
            limit.CancelAfter(stall);
            await file.WriteAsync(block.AsMemory(0, count), limit.Token).ConfigureAwait(false);
        }

        // What the disk has against it is not the network's fault.
        async Task<int> ReadAsync()
        {
            try
            {
                return await body.ReadAsync(block, limit.Token).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                throw new HttpRequestException($"the connection broke: {exception.Message}", exception);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        files.Dispose();
        http.Dispose();
    }

    /// <exception cref="FencedException">Status 409.</exception>
    /// <exception cref="HeadUnavailableException">The head refuses the request.</exception>
    /// <exception cref="HttpRequestException">The head was not reached or has a passing problem; try again.</exception>
    private async Task<bool> PostAsync<T>(string what, T body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(root + what, content, cancellation).ConfigureAwait(false);
        return await ReplyAsync(what, response, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> ReplyAsync(string what, HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode == HttpStatusCode.Conflict) throw new FencedException();
        var text = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return text.Length == 0 || Reply(text).Continue;
        var problem = $"{root}{what} answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(text)}";
        throw (int)response.StatusCode is >= 400 and < 500 and not ((int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests)
            ? new HeadUnavailableException(problem)
            : new HttpRequestException(problem);
    }

    private static AttemptReply Reply(byte[] text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WorkerJson.Default.AttemptReply) ?? new AttemptReply(Continue: true);
        }
        catch (JsonException exception)
        {
            throw new HttpRequestException("the head's answer is not JSON", exception); // something between us and the head answered
        }
    }

    /// <summary>A file that says how much of it is sent.</summary>
    private sealed class FileContent(FileStream file, Action<long> sent) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var block = new byte[BlockBytes];
            while (await file.ReadAsync(block, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                await stream.WriteAsync(block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                sent(file.Position);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
