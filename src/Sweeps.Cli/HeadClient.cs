using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Core.Statistics;
using Sweeps.Head;
using Sweeps.Head.Api;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

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

    /// <summary>All sweeps, newest first.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<IReadOnlyList<SweepOverview>> SweepsAsync() => [.. (await PagesAsync<SweepView>("/api/sweeps", 500)).Select(view => view.ToOverview())];

    /// <summary>The sweep with an id, or the newest with a name.</summary>
    /// <exception cref="CommandFailure">There is none, or the head ends.</exception>
    public async Task<SweepOverview> FindSweepAsync(string idOrName)
    {
        var sweeps = await SweepsAsync();
        return (long.TryParse(idOrName, out var id) ? sweeps.FirstOrDefault(sweep => sweep.Sweep.Id == id) : null) ?? sweeps.FirstOrDefault(sweep => sweep.Sweep.Name == idOrName)
            ?? throw new CommandFailure(ExitCode.BadInput, $"there is no sweep {idOrName}: `sweeps list` shows those there are.");
    }

    /// <summary>A sweep as it is now.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<SweepProgress> ProgressAsync(long sweepId)
    {
        // As who reads the results does it: what is read after the overview of a sweep that is over is final.
        var overview = (await SendAsync<SweepView>(HttpMethod.Get, $"/api/sweeps/{sweepId}", null)).View.ToOverview();
        return new SweepProgress(overview, (await SendAsync<List<RunningStage>>(HttpMethod.Get, $"/api/sweeps/{sweepId}/running", null)).View,
            await PagesAsync<RunResult>($"/api/sweeps/{sweepId}/runs", 10_000));
    }

    /// <summary>A sweep, at once and then in intervals; the last one is that of its end.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async IAsyncEnumerable<SweepProgress> WatchAsync(long sweepId, TimeSpan interval)
    {
        while (true)
        {
            var progress = await ProgressAsync(sweepId);
            yield return progress;
            if (progress.IsOver) yield break;
            await Task.Delay(interval);
        }
    }

    /// <summary>What a sweep has found so far.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<SweepSummary> SummaryAsync(long sweepId) => (await SendAsync<VerdictView>(HttpMethod.Get, $"/api/sweeps/{sweepId}/verdict", null)).View.Summary;

    /// <summary>All machines.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public Task<IReadOnlyList<MachineView>> MachinesAsync() => PagesAsync<MachineView>("/api/machines", 1000);

    /// <summary>Lets a machine take no more work, or work again.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public async Task<MachineView> DrainAsync(string machine, Drain drain) => (await SendAsync<MachineView>(HttpMethod.Post,
        $"/api/machines/{Uri.EscapeDataString(machine)}/{(drain == Drain.None ? "resume" : drain == Drain.Now ? "drain?now=true" : "drain")}", null)).View;

    /// <summary>Forgets a machine.</summary>
    /// <exception cref="CommandFailure">The head refuses it or ends.</exception>
    public Task ForgetAsync(string machine) => SendAsync<MachineView>(HttpMethod.Delete, $"/api/machines/{Uri.EscapeDataString(machine)}", null);

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<T>> PagesAsync<T>(string path, int limit)
    {
        var all = new List<T>();
        Page<T> page;
        do
        {
            page = (await SendAsync<Page<T>>(HttpMethod.Get, $"{path}?offset={all.Count}&limit={limit}", null)).View;
            all.AddRange(page.Items);
        }
        while (page.Items.Count == limit && all.Count < page.Total);
        return all;
    }

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
