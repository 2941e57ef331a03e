using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sweeps.Charts.Reports;

namespace Sweeps.Charts.Tests;

public sealed partial class SweepReportTests
{
    [Fact]
    public void It_holds_verdict_table_sweep_file_and_environment()
    {
        var content = Content();
        var text = Text(SweepReport.Html(content));
        Assert.Contains(content.Spec.Description!, text);
        Assert.Contains(Collapsed(content.Summary.Verdict), text);
        Assert.Contains(Collapsed(content.Spec.Yaml), text);
        Assert.Contains("processor Example CPU", text);
        Assert.Contains("1,234 steps trained, 18% fewer than without shared prefixes", text);
    }

    [Fact]
    public void Its_table_has_the_numbers_of_the_summary()
    {
        var content = Content();
        var rows = TableRow().Matches(SweepReport.Html(content)).Select(match => Text(match.Value)).ToArray();
        Assert.Equal(1 + content.Summary.Configurations.Count, rows.Length);
        var second = content.Summary.Configurations[1];
        Assert.Contains("heads=2 3", rows[2]);
        Assert.Contains(FormattableString.Invariant($"{second.Mean:0.0000} [{second.Interval!.Low:0.0000}, {second.Interval.High:0.0000}]"), rows[2]);
        Assert.Contains(FormattableString.Invariant($"{second.Efficiency!.Value:0.00}×"), rows[2]);
        Assert.Contains("baseline", rows[1]);
        Assert.Contains("not reached", rows[3]);
    }

    [Fact]
    public void It_has_each_chart_for_light_and_dark_readers()
    {
        var content = Content();
        using var loss = LossChart.Draw(content.Spec.Name, content.Summary, content.Curves);
        using var dark = EfficiencyChart.Draw(content.Spec.Name, content.Summary, ChartTheme.Dark);
        var pictures = Pictures(SweepReport.Html(content));
        Assert.Equal(4, pictures.Length);
        Assert.Contains(loss.ToSvg(), pictures);
        Assert.Contains(dark.ToSvg(), pictures);
        Assert.All(pictures, picture => Assert.Equal("svg", XDocument.Parse(picture).Root!.Name.LocalName));
    }

    [Fact]
    public void It_asks_nothing_of_the_network_and_runs_nothing()
    {
        var html = SweepReport.Html(Content());
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<link", html);
        Assert.DoesNotContain("http:", html);
        Assert.DoesNotContain("https:", html);
        Assert.Contains("default-src 'none'", html);
        Assert.All(Source().Matches(html), match => Assert.StartsWith("data:image/svg+xml;base64,", match.Groups[1].Value));
    }

    [Fact]
    public void What_others_wrote_stays_text()
    {
        const string hostile = "</title><script>alert(\"1\")</script><img src=x onerror='alert(2)'>";
        var spec = ExampleSweep.Spec(description: hostile) with { Name = hostile };
        var html = SweepReport.Html(Content() with { Id = hostile, Spec = spec, State = hostile, Environment = [new(hostile, hostile)] });
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<img src=x", html);
        Assert.Contains(Collapsed(hostile), Text(html));
    }

    [Fact]
    public void A_sweep_that_has_not_begun_has_a_report()
    {
        var spec = ExampleSweep.Spec();
        var html = SweepReport.Html(Content() with { Summary = ExampleSweep.Summary(spec, []), Curves = [] });
        Assert.Contains("heads=2 0 of 3", Text(html));
        Assert.DoesNotContain("NaN", html);
    }

    [Fact]
    public void Saving_writes_report_and_charts()
    {
        var directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var content = Content();
            SweepReport.Save(directory, content);
            Assert.Equal(["efficiency.svg", "loss.svg", "report.html"], Directory.GetFiles(directory).Select(Path.GetFileName).Order());
            Assert.Equal(SweepReport.Html(content), File.ReadAllText(Path.Combine(directory, "report.html")));
            Assert.Contains(File.ReadAllText(Path.Combine(directory, "loss.svg")), Pictures(SweepReport.Html(content)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static SweepReportContent Content()
    {
        var spec = ExampleSweep.Spec();
        var curves = ExampleSweep.Curves(spec);
        return new()
        {
            Id = "3",
            Spec = spec,
            State = "finished",
            Time = new DateTimeOffset(2024, 2, 29, 12, 30, 0, TimeSpan.FromHours(1)),
            Summary = ExampleSweep.Summary(spec, curves),
            Curves = curves,
            StepsTrained = 1234,
            StepsWithoutSharing = 1500,
            Environment = [new("processor", "Example CPU"), new("precision", "fp32")],
        };
    }

    private static string[] Pictures(string html) =>
    [
        .. Source().Matches(html).Select(match => Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value[(match.Groups[1].Value.IndexOf(',') + 1)..]))),
    ];

    /// <summary>The page as read: without style, markup and line breaks.</summary>
    private static string Text(string html) =>
        Collapsed(System.Net.WebUtility.HtmlDecode(Markup().Replace(StyleSheet().Replace(html, ""), " ")));

    private static string Collapsed(string text) => Space().Replace(text, " ").Trim();

    [GeneratedRegex("(?:src|srcset|href)=\"([^\"]*)\"")]
    private static partial Regex Source();

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex TableRow();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex StyleSheet();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
