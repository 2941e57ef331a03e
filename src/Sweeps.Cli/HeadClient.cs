using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Head;
using Sweeps.Head.Api;

namespace Sweeps.Cli;

/// <summary>A head in another process: that of a home on this machine, or one on another machine.</summary>
internal sealed class HeadClient : IDisposable
{
    private readonly HttpClient http;

    private HeadClient(Uri url, string? token)
    {
        http = new HttpClient(HeadHttp.CreateHandler()) { BaseAddress = url };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The head at an address.</summary>
    public static HeadClient At(Uri url, string? token) => new(url, token);

    /// <summary>The head that <c>sweeps serve</c> runs on a home; null when there is none, or another one listens there.</summary>
    public static async Task<HeadClient?> FindAsync(Home home)
    {
        if (HeadAddress.Read(home.Directory) is not { } address) return null;
        var client = new HeadClient(address.Url, address.Key);
        try
        {
            if ((await client.http.GetFromJsonAsync<HeadIdentity>("/api/head", Json.Options))?.Id == address.Id) return client;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException)
        {
            // Killed, or not a head.
        }
        client.Dispose();
        return null;
    }

    /// <summary>Submits a sweep file; one of the same text that is paused or running goes on.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    /// <param name="yaml">The file's text.</param>
    /// <param name="path">Where it lies: a program of the user's is started there.</param>
    public async Task<(SweepView Sweep, bool IsResumed)> SubmitAsync(string yaml, string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (view, status) = await SendAsync<SweepView>(HttpMethod.Post, $"/api/sweeps?name={Uri.EscapeDataString(path)}&directory={Uri.EscapeDataString(directory)}", new StringContent(yaml));
        return (view, status == System.Net.HttpStatusCode.OK);
    }

    /// <summary>Gives a sweep a changed file, which adds to it; it goes on.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<SweepView> ExtendAsync(long sweepId, string yaml) => (await SendAsync<SweepView>(HttpMethod.Post, $"/api/sweeps/{sweepId}/extend", new StringContent(yaml))).View;

    /// <summary>Carries out a command.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task ApplyAsync(SweepCommand command, long sweepId) => await SendAsync<SweepView>(HttpMethod.Post, $"/api/sweeps/{sweepId}/{command.ToString().ToLowerInvariant()}", null);

    /// <summary>Adds a nightly job, or replaces the one of its name.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<NightlyAdded> AddNightlyAsync(string yaml, string path, string? name, string? cron, string? timeZone)
    {
        var options = new[] { ("file", Path.GetFullPath(path)), ("name", name), ("cron", cron), ("timezone", timeZone) }.Where(option => option.Item2 is not null);
        var query = string.Join('&', options.Select(option => $"{option.Item1}={Uri.EscapeDataString(option.Item2!)}"));
        return (await SendAsync<NightlyAdded>(HttpMethod.Post, $"/api/nightly?{query}", new StringContent(yaml))).View!;
    }

    /// <summary>Begins a night of a nightly job.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<SweepView> RunNightlyAsync(string name) => (await SendAsync<SweepView>(HttpMethod.Post, $"/api/nightly/{Uri.EscapeDataString(name)}/run", null)).View!;

    /// <summary>Pauses a nightly job or lets it go on.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public Task PauseNightlyAsync(string name, bool isPaused) =>
        SendAsync<NightlyJobView>(HttpMethod.Post, $"/api/nightly/{Uri.EscapeDataString(name)}/{(isPaused ? "pause" : "resume")}", null);

    /// <summary>Removes a nightly job.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public Task RemoveNightlyAsync(string name) => SendAsync<NightlyJobView>(HttpMethod.Delete, $"/api/nightly/{Uri.EscapeDataString(name)}", null);

    /// <summary>Makes a token.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<TokenCreated> CreateTokenAsync(NewToken token) => (await SendAsync<TokenCreated>(HttpMethod.Post, "/api/tokens", JsonContent.Create(token, options: Json.Options))).View;

    /// <summary>Makes a token void.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<TokenView> RevokeTokenAsync(string nameOrId) => (await SendAsync<TokenView>(HttpMethod.Delete, $"/api/tokens/{Uri.EscapeDataString(nameOrId)}", null)).View;

    public void Dispose() => http.Dispose();

    private async Task<(T View, System.Net.HttpStatusCode Status)> SendAsync<T>(HttpMethod method, string path, HttpContent? content)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode) return (text.Length == 0 ? default! : JsonSerializer.Deserialize<T>(text, Json.Options)!, response.StatusCode);
            throw new CommandFailure(ExitCode.BadInput, Problem(text));
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailure(ExitCode.Head, $"the head at {http.BaseAddress} does not answer any more: {exception.Message}");
        }
    }

    private static string Problem(string text)
    {
        try
        {
            var problem = JsonNode.Parse(text);
            return problem?["errors"] is JsonArray errors ? string.Join('\n', errors.Select(error => (string?)error)) : (string?)problem?["detail"] ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
