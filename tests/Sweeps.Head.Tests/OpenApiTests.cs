using System.Text.Json.Nodes;

namespace Sweeps.Head.Tests;

/// <summary>The description of the API, and whether the API is as it says.</summary>
public sealed class OpenApiTests
{
    [Fact(Timeout = 60_000)]
    public async Task Dump()
    {
        using var home = TestHome.Create();
        await using var head = await home.StartAsync(slots: 1);
        using var http = new HttpClient { BaseAddress = head.Url };
        foreach (var path in new[] { "/api/sweeps", "/api/sweeps?order=asc", "/api/machines", "/api/sweeps?limit=0", "/api/sweeps?stat=x", "/api/sweeps?state=a" }) File.AppendAllText("/tmp/dump.txt", path + " " + await (await http.GetAsync(path)).Content.ReadAsStringAsync() + "\n");
        File.WriteAllText("/tmp/openapi.json", await http.GetStringAsync("/openapi/v1.json"));
        Assert.NotNull(JsonNode.Parse(File.ReadAllText("/tmp/openapi.json")));
    }
}
