using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sweeps.Charts.Reports;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;

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
        // Against tokens and seconds, efficiency at and against the target, the effect of the one parameter.
        Assert.Equal(5 * 2, pictures.Length);
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
            Assert.Equal(["efficiency.svg", "loss.svg", "parameters.svg", "report.html", "sweep.yaml"], Directory.GetFiles(directory).Select(Path.GetFileName).Order());
            Assert.Equal(content.Spec.Yaml, File.ReadAllText(Path.Combine(directory, "sweep.yaml")));
            Assert.Equal(SweepReport.Html(content), File.ReadAllText(Path.Combine(directory, "report.html")));
            Assert.Contains(File.ReadAllText(Path.Combine(directory, "loss.svg")), Pictures(SweepReport.Html(content)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Failed_runs_are_shown_with_their_errors_once_for_each_error()
    {
        ReportRun[] runs = [.. Enumerable.Range(1, 9).Select(seed => new ReportRun("heads=2", seed, "failed", 10, null, "<b>out</b> of range")), new("heads=1", 1, "completed", 1000, 1.6, null)];
        var html = SweepReport.Html(Content() with { Runs = runs });
        Assert.Contains("9 runs failed: heads=2 seed 1; ", Text(html));
        Assert.Contains("heads=2 seed 6 and 3 more <b>out</b> of range", Text(html));
        Assert.DoesNotContain("<b>", html);
        Assert.Single(ErrorText().Matches(html));
        Assert.Contains("All runs: 9 failed, 1 completed", Text(html));
    }

    [Fact]
    public void Importance_commands_and_stages_are_shown_where_there_are_any()
    {
        var bare = Text(SweepReport.Html(Content()));
        Assert.DoesNotContain("To get these numbers again", bare);
        Assert.DoesNotContain("Importance:", bare);
        ReportStage first = new(1, 0, 500, HasFailed: false, IsEarlier: false);
        var content = Content() with
        {
            Importance = new("val_loss", 3, [new("heads", 0.75, 0.05), new("<i>", 0.125, 0.01)], "It is mostly the heads."),
            Reproduction = ["./sweeps run sweep.yaml"],
            Paths = [new("heads=1", 1, [first, new(2, 500, 1000, false, false)]), new("heads=2", 1, [first, new(3, 500, 1000, false, false)])],
        };
        var text = Text(SweepReport.Html(content));
        Assert.Contains("heads 0.75 ± 0.05", text);
        Assert.Contains("It is mostly the heads.", text);
        Assert.Contains("./sweeps run sweep.yaml", text);
        Assert.Contains("1,234 steps trained for 2 runs; sharing what runs have in common saved 266 (18%).", text);
        Assert.Contains(Pictures(SweepReport.Html(content)), picture => picture.Contains("×2", StringComparison.Ordinal));
        Assert.Contains("No two runs share a stage.", Text(SweepReport.Html(content with { Paths = [content.Paths[0]] })));
    }

    [Fact]
    public void A_sweep_that_adds_seeds_shows_the_level_of_each_look()
    {
        var spec = SweepFile.Parse(ExampleSweep.Yaml().Replace("seeds: 3", "seeds: {min: 3, max: 6, until: p < 0.05}", StringComparison.Ordinal), "example.yaml");
        var curves = ExampleSweep.Curves(ExampleSweep.Spec());
        var summary = ExampleSweep.Summary(spec, curves);
        var text = Text(SweepReport.Html(Content() with { Spec = spec, Summary = summary }));
        Assert.Contains(" p level of its look ", text);
        Assert.DoesNotContain("adjusted", text);
        Assert.Contains($" {ProbabilityText.Small(summary.Configurations[1].Level!.Value)} ", text);
        RunCurve[] first = [.. curves.Where(curve => curve.Seed < 3)];
        Assert.Contains(" no look yet ", Text(SweepReport.Html(Content() with { Spec = spec, Curves = first, Summary = ExampleSweep.Summary(spec, first) })));
    }

    [Fact]
    public void A_thousand_configurations_stay_readable_and_say_what_is_left_out()
    {
        var spec = SweepFile.Parse("""
            name: wide
            method: grid
            metric: {name: val_loss, goal: minimize, target: 1.7}
            program: train.py
            parameters: {a: {min: 1, max: 100}, b: {min: 1, max: 10}}
            """, "wide.yaml");
        var plan = SweepPlan.Of(spec);
        RunCurve[] curves = [.. plan.Runs.Select(run => new RunCurve(run.ConfigurationIndex, run.Seed,
            [new(0, 0, 0, 4), new(100, 0, 1, 1.6 + 0.001 * (run.ConfigurationIndex * 37 % 1000))], IsComplete: true))];
        var html = SweepReport.Html(Content() with
        {
            Spec = spec, Curves = curves, Summary = SweepAnalysis.Summarise(spec, plan, curves),
            Runs = [.. plan.Runs.Select(run => new ReportRun(plan.Configurations[run.ConfigurationIndex].Label, run.Seed, "completed", 100, 1.6, null))],
        });
        var text = Text(html);
        Assert.Contains("The baseline and the best 59 of 1,000 configurations; summary.json has all of them.", text);
        Assert.Contains("The first 200 of 1,000 runs", text);
        Assert.InRange(TableRow().Count(html), 1, 300);
        Assert.All(Pictures(html), picture => Assert.InRange(int.Parse(XDocument.Parse(picture).Root!.Attribute("height")!.Value, System.Globalization.CultureInfo.InvariantCulture), 1, 2100));
        Assert.InRange(html.Length, 1, 5_000_000);
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

    [GeneratedRegex("&lt;b&gt;out")]
    private static partial Regex ErrorText();

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex TableRow();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex StyleSheet();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
