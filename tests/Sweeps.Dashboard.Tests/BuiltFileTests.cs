using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ScottPlot;
using Sweeps.Charts;
using Sweeps.EndToEnd;

namespace Sweeps.Dashboard.Tests;

/// <summary>What the dashboard is built from and into: its size, the types of the API, the colours of charts.</summary>
public sealed partial class BuiltFileTests
{
    private static readonly string Built = Repository.PathOf("artifacts/dashboard");

    [Fact]
    public void The_first_page_is_small_and_charts_do_not_make_it_large()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Built, "index.html")), "the dashboard is not built");
        var index = File.ReadAllText(Path.Combine(Built, "index.html"));
        var first = AssetName().Matches(index).Select(match => match.Value).Append("index.html").Distinct().ToArray();
        Assert.Contains(first, name => name.EndsWith(".js", StringComparison.Ordinal));
        Assert.DoesNotContain(first, name => name.Contains("charts-", StringComparison.Ordinal));
        Assert.InRange(first.Sum(name => Compressed(Path.Combine(Built, name))), 1_000, 300_000);
        Assert.InRange(Directory.EnumerateFiles(Built, "*", SearchOption.AllDirectories).Sum(Compressed), 100_000, 700_000);
    }

    [Fact]
    public async Task The_types_of_the_API_are_those_of_the_head()
    {
        await using var head = new Head();
        await head.StartAsync(slots: 0);
        var described = await head.ReadAsync("/openapi/v1.json");
        var written = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("dashboards/openapi.json"), TestContext.Current.CancellationToken))!;
        Assert.True(JsonNode.DeepEquals(described, written), "dashboards/openapi.json is not what the head describes: with a head running, curl -o dashboards/openapi.json http://127.0.0.1:7071/openapi/v1.json, then `npm run types` in dashboards.");
    }

    [Fact]
    public async Task The_types_of_the_pages_are_made_from_the_description()
    {
        var tool = Repository.PathOf("dashboards/node_modules/.bin/openapi-typescript");
        Assert.SkipUnless(File.Exists(tool), "the packages of the dashboard are not installed");
        var made = Path.GetTempFileName();
        try
        {
            // The options of the script `types`, with another place for what it makes.
            var script = (string)JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("dashboards/package.json"), TestContext.Current.CancellationToken))!["scripts"]!["types"]!;
            var arguments = script.Split(' ')[1..];
            arguments[Array.IndexOf(arguments, "src/api/schema.ts")] = made;
            using var process = Process.Start(new ProcessStartInfo(tool, arguments) { WorkingDirectory = Repository.PathOf("dashboards"), RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await output;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, errors);
            Assert.True(await File.ReadAllTextAsync(made, TestContext.Current.CancellationToken) == await File.ReadAllTextAsync(Repository.PathOf("dashboards/src/api/schema.ts"), TestContext.Current.CancellationToken),
                "dashboards/src/api/schema.ts is not made from dashboards/openapi.json: run `npm run types` in dashboards.");
        }
        finally
        {
            File.Delete(made);
        }
    }

    [Theory, InlineData("light"), InlineData("dark")]
    public void Charts_have_the_colours_of_the_pictures_that_leave_the_browser(string name)
    {
        var source = File.ReadAllText(Repository.PathOf("dashboards/src/colors.ts"));
        var block = Regex.Match(source, $@"export const {name}: Colors = \{{(.*?)\n\}};", RegexOptions.Singleline).Groups[1].Value;
        var theme = name == "light" ? ChartTheme.Light : ChartTheme.Dark;
        var expected = new Dictionary<string, Color>
        {
            ["background"] = theme.Background, ["ink"] = theme.Ink, ["faint"] = theme.Faint, ["grid"] = theme.Grid, ["other"] = theme.Other, ["target"] = theme.Target, ["rampLow"] = theme.RampLow, ["rampHigh"] = theme.RampHigh,
        };
        Assert.Equal(expected.ToDictionary(pair => pair.Key, pair => Hex(pair.Value)), SingleColor().Matches(block).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value));
        Assert.Equal(theme.Series.Select(Hex), HexColor().Matches(block[block.IndexOf("series:", StringComparison.Ordinal)..]).Select(match => match.Value));
    }

    private static string Hex(Color color) => $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}";

    private static long Compressed(string file)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(File.ReadAllBytes(file));
        return compressed.Length;
    }

    [GeneratedRegex("assets/[^\"]+")]
    private static partial Regex AssetName();

    [GeneratedRegex("(\\w+): '(#[0-9a-f]{6})'")]
    private static partial Regex SingleColor();

    [GeneratedRegex("#[0-9a-f]{6}")]
    private static partial Regex HexColor();
}
