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
        File.WriteAllText("/tmp/openapi.json", await http.GetStringAsync("/openapi/v1.json"));
        Assert.NotNull(JsonNode.Parse(File.ReadAllText("/tmp/openapi.json")));
    }
}
