using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>The head's API for one attempt.</summary>
public sealed class HeadClient : IDisposable
{
    private readonly HttpClient http;
    private readonly string root;

    /// <summary>A client with the attempt's address and token.</summary>
    public HeadClient(Assignment assignment, WorkerOptions options)
    {
        root = $"{assignment.HeadUrl.TrimEnd('/')}/api/attempts/{assignment.AttemptId}/";
        http = new HttpClient(HeadHttp.CreateHandler())
        {
            Timeout = options.RequestTimeout,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", assignment.Token) },
        };
    }

    /// <summary>Sends points or a checkpoint.</summary>
    /// <returns>False when the head asks the attempt to stop.</returns>
    /// <inheritdoc cref="PostAsync" path="/exception"/>
    public Task<bool> SendAsync(SpoolBatch batch, CancellationToken cancellation) => batch.Checkpoint is { } checkpoint
        ? PostAsync("checkpoint", checkpoint, WorkerJson.Default.CheckpointNotice, cancellation)
        : PostAsync("points", new PointBatch(batch.Points), WorkerJson.Default.PointBatch, cancellation);

    /// <summary>Says how the attempt ended.</summary>
    /// <inheritdoc cref="PostAsync" path="/exception"/>
    public Task FinishAsync(AttemptFinish finish, CancellationToken cancellation) =>
        PostAsync("finish", finish, WorkerJson.Default.AttemptFinish, cancellation);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <exception cref="FencedException">Status 409.</exception>
    /// <exception cref="HeadUnavailableException">The head refuses the request.</exception>
    /// <exception cref="HttpRequestException">The head was not reached or has a passing problem; try again.</exception>
    private async Task<bool> PostAsync<T>(string what, T body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(root + what, content, cancellation).ConfigureAwait(false);
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
}
