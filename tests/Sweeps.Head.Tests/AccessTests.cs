using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Head.Access;
using Sweeps.Head.Api;
using Sweeps.Orchestration.Attempts;
using Sweeps.Orchestration.Grains;
using Sweeps.Results;
using Sweeps.Results.Access;

namespace Sweeps.Head.Tests;

/// <summary>Who may do what on a head that wants tokens.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const int Limit = 60_000;

    private readonly TestHome home = TestHome.Create();
    private readonly Dictionary<TokenRole, string> tokens = [];
    private HeadHost head = null!;

    public async ValueTask InitializeAsync()
    {
        await using (var store = await ResultsStore.OpenAsync(home.Path("sweeps.db")))
            foreach (var role in Enum.GetValues<TokenRole>())
                tokens[role] = (await store.Tokens.CreateAsync(role, null, null)).Token;
        head = await home.StartAsync(slots: 1, change: options => options with { RequireToken = true, ContinueSweeps = true });
    }

    public async ValueTask DisposeAsync()
    {
        home.Release();
        await head.DisposeAsync();
        home.Dispose();
    }

    [Fact(Timeout = Limit)]
    public void Each_endpoint_says_who_may_use_it_and_none_that_changes_something_is_for_viewers()
    {
        foreach (var endpoint in head.Endpoints)
        {
            var audience = endpoint.Metadata.GetMetadata<EndpointAudience>();
            Assert.True(audience is not null, $"{endpoint.DisplayName} does not say who may use it: add .For(Audience...) to its mapping or its group.");
            Assert.NotEqual(Audience.Viewer, endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == false ? audience.Write : Audience.Admin);
        }
        string[] forEveryone = [.. from endpoint in head.Endpoints where endpoint.Metadata.GetMetadata<EndpointAudience>()!.For("POST") == Audience.Everyone select endpoint.RoutePattern.RawText!];
        Assert.Equal(["/api/session", "/healthz", "{*path:nonfile}"], forEveryone.Select(path => path.TrimEnd('/')).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_token_only_the_health_the_pages_and_the_login_are_answered()
    {
        using var http = Client(null);
        Assert.Equal("ok", await http.GetStringAsync("/healthz"));
        Assert.Equal((false, null), Session(await http.GetFromJsonAsync<JsonNode>("/api/session")));
        Assert.True((await http.GetAsync("/machines")).StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable); // the page, or that it is not built
        foreach (var path in new[] { "/api/head", "/api/sweeps", "/api/sweeps/1", "/api/nothing", "/api/events", "/metrics", "/openapi/v1.json", "/api/tokens", "/api/export/1.csv" })
        {
            var refused = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, refused.StatusCode));
            Assert.Equal("Bearer", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync("/api/sweeps", new StringContent(TestHome.Yaml()))).StatusCode);
    }

    [Theory(Timeout = Limit)]
    [InlineData(TokenRole.Viewer, 200, 403, 403, 403, 403)]
    [InlineData(TokenRole.Submitter, 200, 201, 404, 403, 403)]
    [InlineData(TokenRole.Agent, 403, 403, 403, 200, 403)]
    [InlineData(TokenRole.Admin, 200, 201, 404, 200, 200)]
    public async Task Each_role_may_do_what_it_is_for(TokenRole role, int read, int submit, int pause, int sync, int administer)
    {
        using var http = Client(tokens[role]);
        Assert.Equal(200, (int)(await http.GetAsync("/api/head")).StatusCode);
        Assert.Equal(read, (int)(await http.GetAsync("/api/sweeps")).StatusCode);
        Assert.Equal(pause, (int)(await http.PostAsync("/api/sweeps/99/pause", null)).StatusCode);
        Assert.Equal(submit, (int)(await http.PostAsync("/api/sweeps", new StringContent(TestHome.Yaml()))).StatusCode);
        Assert.Equal(sync, (int)(await http.PostAsync("/api/machines/elsewhere/sync", JsonContent.Create(new MachineReport("[]", [], [], [], "life", 1), options: Json.Options))).StatusCode);
        Assert.Equal(administer, (int)(await http.GetAsync("/api/tokens")).StatusCode);
        if (administer == 200) return;
        var refused = JsonNode.Parse(await (await http.PostAsync("/api/tokens", Body(new NewToken(TokenRole.Admin)))).Content.ReadAsStringAsync())!;
        Assert.Equal($"This needs the role admin; token {role.ToString().ToLowerInvariant()} has the role {role.ToString().ToLowerInvariant()}.", (string)refused["detail"]!);
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_is_void_when_it_is_revoked_or_has_expired_and_is_stored_as_its_hash_alone()
    {
        using var admin = Client(tokens[TokenRole.Admin]);
        var made = (await (await admin.PostAsync("/api/tokens", Body(new NewToken(TokenRole.Viewer, "ada", 1)))).Content.ReadFromJsonAsync<TokenCreated>(Json.Options))!;
        using var ada = Client(made.Token);
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/api/sweeps")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.PostAsync("/api/tokens", Body(new NewToken(TokenRole.Viewer, "ada")))).StatusCode);
        Assert.Equal("ada", (await (await admin.DeleteAsync("/api/tokens/ada")).Content.ReadFromJsonAsync<TokenView>(Json.Options))!.Name);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync("/api/sweeps")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.DeleteAsync("/api/tokens/nobody")).StatusCode);

        home.Ask($"UPDATE tokens SET expires_at = 1 WHERE name = 'viewer'");
        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync("/api/tokens", Body(new NewToken(TokenRole.Viewer)))).StatusCode); // which has the head look again
        using var late = Client(tokens[TokenRole.Viewer]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await late.GetAsync("/api/sweeps")).StatusCode);

        var list = await admin.GetStringAsync("/api/tokens");
        Assert.All(tokens.Values.Append(made.Token), token => Assert.DoesNotContain(token["sweeps_".Length..], list));
        Assert.NotNull(JsonNode.Parse(list)!["items"]!.AsArray().Single(token => (string)token!["name"]! == "admin")!["last_used_at"]);
        await head.DisposeAsync();
        foreach (var file in Directory.EnumerateFiles(home.FullName, "*", SearchOption.AllDirectories))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            Assert.All(tokens.Values.Append(made.Token), token => Assert.DoesNotContain(token["sweeps_".Length..], text));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_key_of_the_heads_own_user_lets_its_commands_do_everything_until_the_head_ends()
    {
        var address = HeadAddress.Read(home.FullName)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(home.Path("head.json")));
        Assert.DoesNotContain(address.Key!, address.ToString());
        using var own = Client(address.Key);
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("/api/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await own.PostAsync("/api/sweeps?directory=/", new StringContent("program: train.py\nmethod: grid\nparameters: {x: {value: 1}}\n"))).StatusCode);
        await head.DisposeAsync();
        Assert.False(File.Exists(home.Path("head.json")));
        head = await home.StartAsync(slots: 1, change: options => options with { RequireToken = true });
        using var late = Client(address.Key);
        Assert.Equal(HttpStatusCode.Unauthorized, (await late.GetAsync("/api/tokens")).StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Too_many_wrong_tokens_of_an_address_are_told_to_wait_and_right_ones_are_not()
    {
        using var guessing = Client("guess");
        for (var i = 0; i < FailedTries.Most; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await guessing.GetAsync("/api/sweeps")).StatusCode);
        var limited = await guessing.GetAsync("/api/sweeps");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.InRange(limited.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), FailedTries.Window);
        // A login and an attempt are counted with the rest.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await guessing.PostAsync("/api/session", Body(new Login("guess")))).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await guessing.PostAsync("/api/attempts/1-1/points", Body(new PointBatch([])))).StatusCode);
        using var viewer = Client(tokens[TokenRole.Viewer]);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/sweeps")).StatusCode);
    }

    [Fact]
    public void The_table_of_addresses_that_tried_is_bounded_and_forgets()
    {
        var time = new Clock();
        var tries = new FailedTries(time);
        for (var i = 0; i < 3 * FailedTries.MostAddresses; i++) Assert.Null(tries.Count(new IPAddress(i + 1)));
        Assert.Equal(FailedTries.MostAddresses, tries.Addresses);
        // A customer has more addresses of IPv6 than anybody could count.
        for (var i = 0; i < FailedTries.Most; i++) Assert.Null(tries.Count(IPAddress.Parse($"2001:db8::{i:x}")));
        Assert.Equal(FailedTries.Window, tries.Count(IPAddress.Parse("2001:db8::ffff")));
        Assert.Null(tries.Count(IPAddress.Parse("2001:db8:0:1::1")));
        time.Now += FailedTries.Window;
        Assert.Null(tries.Count(IPAddress.Parse("2001:db8::ffff")));
        Assert.Equal(1, tries.Addresses);
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_of_an_attempt_can_do_nothing_but_write_to_that_attempt()
    {
        home.Hold();
        await head.SubmitAsync(TestHome.Spec());
        await home.UntilHeldAsync("1-1");
        var token = (string)JsonNode.Parse(await File.ReadAllTextAsync(home.Attempt("1-1", ".json"), TestContext.Current.CancellationToken))!["token"]!;
        using var worker = Client(token);
        Assert.Equal(HttpStatusCode.OK, (await worker.PostAsync("/api/attempts/1-1/points", Body(new PointBatch([])))).StatusCode);
        foreach (var endpoint in head.Endpoints)
        {
            if (endpoint.Metadata.GetMetadata<EndpointAudience>() is { Write: Audience.Everyone or Audience.Attempt } || endpoint.RoutePattern.RawText is null) continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var path = System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, @"\{[^}]*\}", "1");
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                Assert.True((await worker.SendAsync(request)).StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, $"{method} {path}");
            }
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await worker.PostAsync("/api/attempts/2-1/points", Body(new PointBatch([])))).StatusCode);
        home.Release();
        await head.WaitAsync(1);
        Assert.Equal(HttpStatusCode.Conflict, (await worker.PostAsync("/api/attempts/1-1/points", Body(new PointBatch([new("val_loss", 1, 1, 1, 1)])))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await worker.PostAsync("/api/attempts/1-1/finish", Body(new AttemptFinish(AttemptOutcome.Completed, 60)))).StatusCode); // said again
        home.Ask("UPDATE attempts SET ended_at = 1");
        Assert.Equal(HttpStatusCode.Conflict, (await worker.PostAsync("/api/attempts/1-1/finish", Body(new AttemptFinish(AttemptOutcome.Completed, 60)))).StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task A_browser_logs_in_with_a_token_and_its_session_ends_with_it()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = head.Url };
        var answer = await http.PostAsync("/api/session", Body(new Login(tokens[TokenRole.Submitter])));
        Assert.Equal((false, "submitter"), Session(JsonNode.Parse(await answer.Content.ReadAsStringAsync())));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"sweeps-{head.Url.Port}=sweeps_", cookie);
        Assert.Contains("path=/; samesite=strict; httponly", cookie);
        Assert.DoesNotContain(tokens[TokenRole.Submitter], cookie);
        var session = cookie.Split(';')[0];

        Assert.Equal(HttpStatusCode.OK, await SendAsync(http, HttpMethod.Get, "/api/sweeps", session));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(http, HttpMethod.Get, "/api/tokens", session));
        // What changes something is for pages of the head's own origin that say so.
        var origin = head.Url.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(http, HttpMethod.Post, "/api/check", session));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(http, HttpMethod.Post, "/api/check", session, origin));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(http, HttpMethod.Post, "/api/check", session, null, isPage: true));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(http, HttpMethod.Post, "/api/check", session, "http://evil.example", isPage: true));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(http, HttpMethod.Post, "/api/check", session, origin, isPage: true));
        using var events = new HttpRequestMessage(HttpMethod.Get, "/api/events") { Headers = { { "Cookie", session } } };
        using (var stream = await http.SendAsync(events, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)) Assert.Equal(HttpStatusCode.OK, stream.StatusCode);

        // It is good after the head has begun anew, too.
        await head.DisposeAsync();
        head = await home.StartAsync(slots: 1, change: options => options with { RequireToken = true, Port = head.Url.Port });
        Assert.Equal(HttpStatusCode.OK, await SendAsync(http, HttpMethod.Get, "/api/sweeps", session));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(http, HttpMethod.Delete, "/api/session", session, origin, isPage: true));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(http, HttpMethod.Get, "/api/sweeps", session));

        var again = (await http.PostAsync("/api/session", Body(new Login(tokens[TokenRole.Submitter])))).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await SendAsync(http, HttpMethod.Get, "/api/sweeps", again));
        using var admin = Client(tokens[TokenRole.Admin]);
        await admin.DeleteAsync("/api/tokens/submitter");
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(http, HttpMethod.Get, "/api/sweeps", again));
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient http, HttpMethod method, string path, string cookie, string? origin = null, bool isPage = false)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Cookie", cookie } } };
        if (method == HttpMethod.Post) request.Content = new StringContent(TestHome.Yaml());
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (isPage) request.Headers.Add(AccessControl.PageHeader, "1");
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static (bool, string?) Session(JsonNode? view) => ((bool)view!["is_open"]!, (string?)view["role"]);

    private static HttpContent Body<T>(T body) => JsonContent.Create(body, options: Json.Options);

    private HttpClient Client(string? token)
    {
        var http = new HttpClient { BaseAddress = head.Url };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
