using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sweeps.Results;
using Sweeps.Results.Access;

namespace Sweeps.Head.Tests;

/// <summary>What somebody with a token may have the machines of agents do.</summary>
public sealed class SubmissionRuleTests : IDisposable
{
    private const string Program = "program: train.py\nmethod: grid\nparameters: {x: {value: 1}}\n";

    private readonly TestHome home = TestHome.Create();

    public void Dispose() => home.Dispose();

    public static TheoryData<string, string> Strange => new()
    {
        { "/api/sweeps?directory=/tmp", Program },
        { "/api/check", Program },
        { "/api/nightly?file=/tmp/x.yaml&cron=0%202%20*%20*%20*", Program },
        { "/api/sweeps/1/extend", Program },
        { "/api/sweeps", Reading("data", "file:/etc/passwd") },
        { "/api/check", Reading("data", "file:/etc/passwd") },
        { "/api/sweeps", Reading("data", "tokens:/etc") },
        { "/api/sweeps", Reading("data", "file:relative.txt") },
        { "/api/sweeps", Reading("data", "file:HOME/data/../sweeps.db") },
        { "/api/sweeps", Reading("data", "file:HOME/data-of-another") },
        { "/api/sweeps", Reading("init_from", "/etc/passwd") },
        { "/api/sweeps/1/extend", Reading("init_from", "/etc/passwd") },
        { "/api/nightly?cron=0%202%20*%20*%20*", Reading("data", "file:/etc/passwd") },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Strange))]
    public async Task Programs_and_files_outside_of_the_data_directory_are_the_heads_own_users_alone(string path, string yaml)
    {
        var token = await TokenAsync();
        yaml = yaml.Replace("HOME", home.FullName);
        await using (var head = await StartAsync())
        {
            using var http = Client(head, token);
            Assert.Equal(HttpStatusCode.Created, (await http.PostAsync("/api/sweeps", new StringContent(TestHome.Yaml()))).StatusCode);
            var refused = await http.PostAsync(path, new StringContent(yaml));
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
            Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, problem.ToJsonString());
            Assert.EndsWith("which only the user that the head runs as may ask for; it takes that from others too when it is started with --allow-commands.", (string)problem["detail"]!);
        }
        await using (var head = await StartAsync(allowCommands: true))
        {
            using var http = Client(head, token);
            Assert.NotEqual(HttpStatusCode.Forbidden, (await http.PostAsync(path, new StringContent(yaml))).StatusCode);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Files_in_the_data_directory_are_for_all_and_an_alert_of_others_is_not_run()
    {
        var token = await TokenAsync();
        await using var head = await StartAsync();
        using var http = Client(head, token);
        Directory.CreateDirectory(home.Path("data"));
        await File.WriteAllTextAsync(home.Path("data", "some.txt"), string.Concat(Enumerable.Repeat("some text ", 1000)), TestContext.Current.CancellationToken);
        var taken = await http.PostAsync("/api/check", new StringContent(Reading("data", $"file:{home.Path("data", "some.txt")}")));
        Assert.True(taken.StatusCode == HttpStatusCode.OK, await taken.Content.ReadAsStringAsync());
        // The very file lies where the head runs, which somebody else need not know.
        var yaml = TestHome.Yaml() + "\nschedule: {cron: \"0 2 * * *\"}\nalert: {command: [touch, alarmed], on: [completed]}\n";
        await File.WriteAllTextAsync(home.Path("night.yaml"), yaml, TestContext.Current.CancellationToken);
        var added = await http.PostAsync($"/api/nightly?file={Uri.EscapeDataString(home.Path("night.yaml"))}", new StringContent(yaml));
        Assert.True(added.StatusCode == HttpStatusCode.Created, await added.Content.ReadAsStringAsync());
        Assert.False((bool)JsonNode.Parse(await added.Content.ReadAsStringAsync())!["runs_alert"]!);
    }

    private static string Reading(string name, string value) => TestHome.Yaml("reading").Replace("data: {value: grammar}", $"{name}: {{value: \"{value}\"}}" + (name == "data" ? "" : "\n  data: {value: grammar}"));

    private async Task<string> TokenAsync()
    {
        await using var store = await ResultsStore.OpenAsync(home.Path("sweeps.db"));
        return (await store.Tokens.CreateAsync(TokenRole.Submitter, null, null)).Token;
    }

    private Task<HeadHost> StartAsync(bool allowCommands = false) =>
        home.StartAsync(slots: 1, change: options => options with { RequireToken = true, AllowCommands = allowCommands, Worker = null });

    private static HttpClient Client(HeadHost head, string token)
    {
        var http = new HttpClient { BaseAddress = head.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
