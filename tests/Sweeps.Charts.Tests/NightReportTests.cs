using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Sweeps.Charts.Reports;
using Sweeps.Core.Gpt;
using Sweeps.Core.Nightly;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Tests;

public sealed partial class NightReportTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-charts-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void It_says_what_happened_and_has_both_histories_for_light_and_dark_readers()
    {
        var html = NightReport.Html(Content());
        Assert.Contains("<h2>Regression, Slower</h2>", html);
        Assert.Contains("<p class=\"answer\">heads=2 regressed.</p>", html);
        Assert.Contains("due 2026-03-20 02:00 +01:00 · took 1 h 5 min", WebUtility.HtmlDecode(html));
        var pictures = Source().Matches(html).Select(match => Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value))).ToArray();
        Assert.Equal(4, pictures.Length);
        using var metric = HistoryChart.Draw("mtp", ComparisonChartTests.History(), "val_loss");
        using var speed = HistoryChart.Draw("mtp", [], "Training speed, tokens/s", ChartTheme.Dark);
        Assert.Contains(metric.ToSvg(), pictures);
        Assert.Contains(speed.ToSvg(), pictures);
    }

    [Fact]
    public void Its_table_has_the_numbers_of_the_night()
    {
        var rows = Row().Matches(NightReport.Html(Content())).Select(match => Tag().Replace(match.Value.Replace("</td>", "|", StringComparison.Ordinal), "")).ToArray();
        Assert.Equal("heads=1 baseline|2|1.8000|-0.0010|0.5000|900|-3|0.4000|", rows[1]);
        Assert.Equal("heads=2|2 1 diverged|1.9000|+0.1500 regressed|&lt; 0.0001|500|-400 regressed|&lt; 0.0001|", rows[2]);
        // Nothing of it is known.
        Assert.Equal("heads=4|0|–|–|–|–|–|–|", rows[3]);
    }

    [Fact]
    public void What_people_wrote_is_text_and_nothing_is_asked_of_the_network()
    {
        var html = NightReport.Html(Content() with { Job = "<script>alert(1)</script>", Description = "<img src=x>", Verdict = "<b>", SweepFile = "</pre><script>" });
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<img src=x", html);
        Assert.DoesNotContain("http", Source().Replace(html, "").Replace("http-equiv", "", StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", html);
    }

    [Fact]
    public void It_is_saved_with_its_charts()
    {
        NightReport.Save(directory.FullName, Content());
        Assert.Equal(["history.svg", "report.html", "speed.svg"], directory.GetFiles().Select(file => file.Name).Order());
    }

    private static NightReportContent Content() => new()
    {
        Job = "mtp", Night = "2026-03-20", Sweep = "mtp-2026-03-20 (7)", Description = "Do more heads help?", Due = new(2026, 3, 20, 2, 0, 0, TimeSpan.FromHours(1)),
        Duration = TimeSpan.FromMinutes(65), Verdict = "heads=2 regressed.\nThe rest did not.", Events = [NightEvent.Regression, NightEvent.Slower, NightEvent.Completed],
        Result = new()
        {
            Metric = "val_loss", Goal = MetricGoal.Minimize, SpeedUnit = "tokens/s",
            Configurations =
            [
                Configuration("heads=1", [1.79, 1.81], 900, new(NightlyChange.Unchanged, -0.001, 0.5, 0.5, 14, ""), new(NightlyChange.Unchanged, -3, 0.4, 0.4, 14, "")) with { IsBaseline = true },
                Configuration("heads=2", [1.9, double.NaN], 500, new(NightlyChange.Regressed, 0.15, 1e-6, 2e-6, 14, ""), new(NightlyChange.Regressed, -400, 1e-6, 2e-6, 14, "")),
                Configuration("heads=4", [], null, null, null),
            ],
        },
        Metric = ComparisonChartTests.History(), Speed = [], SweepFile = "name: mtp", Environment = [new("machine", "here")],
    };

    private static NightConfiguration Configuration(string label, double[] values, double? speed, NightComparison? metric, NightComparison? against) => new()
    {
        Parameters = label, Label = label, Values = values.Index().ToDictionary(value => value.Index + 1, value => value.Item),
        Speeds = speed is { } known ? new Dictionary<int, double> { [1] = known } : [], Metric = metric, Speed = against,
    };

    [GeneratedRegex("(?:src|srcset)=\"data:image/svg\\+xml;base64,([^\"]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex("<tr[ >].*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
