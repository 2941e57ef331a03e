using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Head.Tests;

/// <summary>The description of the API, and whether the API is as it says.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private readonly TestHome home = TestHome.Create();
    private HeadHost head = null!;
    private HttpClient http = null!;
    private JsonNode document = null!;

    public async ValueTask InitializeAsync()
    {
        head = await home.StartAsync(slots: 1);
        http = new HttpClient { BaseAddress = head.Url };
        document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        home.Release();
        await head.DisposeAsync();
        home.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public void Every_route_is_described_with_a_name_a_group_a_summary_and_what_it_answers()
    {
        Assert.StartsWith("3.1", (string)document["openapi"]!);
        var routes = head.Endpoints.Select(endpoint => (Path: Regex.Replace("/" + endpoint.RoutePattern.RawText!.Trim('/'), @":\w+}", "}"),
                Methods: endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods))
            .Where(route => route.Methods is not null && !route.Path.StartsWith("/openapi", StringComparison.Ordinal)).ToArray();
        Assert.InRange(routes.Length, 30, 100);
        foreach (var (path, methods) in routes)
        {
            var operation = document["paths"]![path]?[methods!.Single().ToLowerInvariant()];
            Assert.True(operation is not null, $"{path} is not described");
            Assert.NotEmpty((string)operation["operationId"]!);
            Assert.NotEmpty((string)operation["summary"]!);
            Assert.Single(operation["tags"]!.AsArray());
            var answers = operation["responses"]!.AsObject().Where(response => response.Key[0] == '2').ToArray();
            Assert.NotEmpty(answers);
            Assert.All(answers, answer => Assert.True(answer.Key == "204" || answer.Value!["content"]!.AsObject() is { Count: > 0 } content && content.All(type => type.Value!["schema"] is not null), path));
            var inPath = Regex.Matches(path, @"{(\w+)}").Select(match => match.Groups[1].Value);
            Assert.All(inPath, name => Assert.Contains(operation["parameters"]!.AsArray(), parameter => (string)parameter!["name"]! == name && (string)parameter["in"]! == "path"));
        }
        var names = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => (string)operation.Value!["operationId"]!).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact(Timeout = 60_000)]
    public void Types_are_those_of_the_JSON()
    {
        var schemas = document["components"]!["schemas"]!;
        Assert.Equal(["running", "paused", "completed", "failed", "cancelled"], schemas["SweepState"]!["enum"]!.AsArray().Select(name => (string)name!));
        Assert.Equal("string", (string)schemas["SweepState"]!["type"]!);
        Assert.Equal("integer", (string)schemas["SweepView"]!["properties"]!["id"]!["type"]!);
        Assert.Equal(["null", "number"], schemas["SweepView"]!["properties"]!["target"]!["type"]!.AsArray().Select(type => (string)type!).Order());
        Assert.Contains("NaN", schemas["RunResult"]!["properties"]!["last"]!.ToJsonString());
        Assert.Contains("NaN", schemas["CurveView"]!["properties"]!["y"]!["items"]!.ToJsonString());
        Assert.DoesNotContain("NaN", schemas["CurveView"]!["properties"]!["x"]!.ToJsonString());
        Assert.Equal("Its place in the sweep, from 0.", (string)schemas["ConfigurationView"]!["properties"]!["ordinal"]!["description"]!);
        Assert.True(schemas["ConfigurationView"]!["properties"]!["parameters"]!["additionalProperties"] is JsonObject);
    }

    [Fact(Timeout = 120_000)]
    public async Task Answers_are_as_they_are_described()
    {
        await head.WaitAsync((await head.SubmitAsync(TestHome.Spec("first"))).SweepId);
        home.Hold();
        await head.SubmitAsync(SweepFile.Parse(TestHome.Yaml("second").Replace("[1, 2]", "[3, 4]").Replace("heads: 1}", "heads: 3}"), "second.yaml"));
        await TestHome.UntilAsync(() => head.Queries.RunningStagesAsync(2).Result.Any(stage => stage.StepsDone >= 30));
        var bodies = new Dictionary<string, string> { ["/api/check"] = "seeds: x", ["/api/check?name=good.yaml"] = TestHome.Yaml(), ["/api/sweeps/1/extend"] = TestHome.Yaml("first", seeds: 2) };
        string[] paths =
        [
            "/api/head", "/api/sweeps", "/api/sweeps/1", "/api/sweeps/2", "/api/sweeps/1/runs", "/api/sweeps/2/runs", "/api/sweeps/2/running", "/api/sweeps/1/configurations",
            "/api/sweeps/1/stages", "/api/sweeps/1/metrics", "/api/sweeps/1/events", "/api/sweeps/1/verdict", "/api/sweeps/2/verdict", "/api/sweeps/1/curves",
            "/api/sweeps/2/curves?by=run&x=seconds", "/api/sweeps/1/curves?since=1:30", "/api/compare?sweeps=1", "/api/runs/1/samples", "/api/sweeps/1/efficiency", "/api/sweeps/1/importance", "/api/machines", "/api/runs/1", "/api/runs/5", "/api/runs/5/metrics",
            "/api/runs/5/log", "/api/nightly",
        ];
        foreach (var path in paths) await FitsAsync("get", path, await http.GetAsync(path), HttpStatusCode.OK);
        foreach (var (path, body) in bodies) await FitsAsync("post", path, await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/yaml")), HttpStatusCode.OK);
        foreach (var path in new[] { "/api/sweeps/9", "/api/runs/99", "/api/sweeps/9/curves" }) await FitsAsync("get", path, await http.GetAsync(path), HttpStatusCode.NotFound);
        await FitsAsync("get", "/api/sweeps", await http.GetAsync("/api/sweeps?limit=99999"), HttpStatusCode.BadRequest);
        await FitsAsync("post", "/api/sweeps", await http.PostAsync("/api/sweeps", new StringContent("seeds: x")), HttpStatusCode.BadRequest);
        await FitsAsync("post", "/api/sweeps/1/pause", await http.PostAsync("/api/sweeps/1/pause", null), HttpStatusCode.Conflict);
        await FitsAsync("post", "/api/sweeps/2/stop", await http.PostAsync("/api/sweeps/2/stop", null), HttpStatusCode.OK);
    }

    private async Task FitsAsync(string method, string path, HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{path}: {text}");
        var template = Regex.Replace(Regex.Replace(path, @"\?.*", ""), @"/\d+", "/{id}");
        var content = document["paths"]![template]![method]!["responses"]![((int)status).ToString()]!["content"]!.AsObject().Single();
        Assert.Equal(content.Key, response.Content.Headers.ContentType!.MediaType);
        if (status != HttpStatusCode.OK) return; // problem details may have more members than are described
        Assert.Empty(new SchemaCheck(document).Errors(JsonNode.Parse(text), content.Value!["schema"]!, path));
    }
}
