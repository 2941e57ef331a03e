using System.Globalization;
using Sweeps.Core.Nightly;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Reports;

/// <summary>
/// A night of a nightly job for people: <c>report.html</c>, one file that needs nothing else, and its charts of the nights as <c>history.svg</c> and
/// <c>speed.svg</c>.
/// </summary>
public static class NightReport
{
    private const string Unknown = "–";

    /// <summary>Writes the files into a directory, which is made when missing.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string directory, NightReportContent content)
    {
        Directory.CreateDirectory(directory);
        using var metric = Metric(content, ChartTheme.Light);
        using var speed = Speed(content, ChartTheme.Light);
        metric.SaveSvg(Path.Combine(directory, "history.svg"));
        speed.SaveSvg(Path.Combine(directory, "speed.svg"));
        File.WriteAllText(Path.Combine(directory, "report.html"), Html(content));
    }

    /// <summary>The report as an HTML document.</summary>
    public static string Html(NightReportContent content)
    {
        var html = new HtmlWriter();
        SweepReport.Begin(html, $"{content.Job} {content.Night}");
        html.Element("h1", $"{content.Job}: night of {content.Night}");
        if (!string.IsNullOrWhiteSpace(content.Description)) html.Element("p", content.Description, "question");
        html.Element("p", $"Sweep {content.Sweep} · due {content.Due.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)} · took {Took(content.Duration)}", "facts");
        html.Raw("</header>\n<section class=\"verdict\">\n").Element("h2", Heading(content.Events));
        foreach (var (i, line) in content.Verdict.Split('\n', StringSplitOptions.RemoveEmptyEntries).Index())
            html.Element("p", line, i == 0 ? "answer" : null);
        html.Raw("</section>\n<section>\n").Element("h2", $"{content.Result.Metric} over the nights");
        SweepReport.Pictures(html, new ReportPicture(theme => Metric(content, theme), $"{content.Result.Metric} of each configuration, night by night. Tonight's values are in the table."));
        html.Raw("</section>\n<section>\n").Element("h2", "Speed over the nights");
        SweepReport.Pictures(html, new ReportPicture(theme => Speed(content, theme), "Training speed of each configuration, night by night. Tonight's values are in the table."));
        html.Raw("</section>\n<section>\n").Element("h2", "Tonight");
        Table(html, content.Result);
        html.Raw("</section>\n<section>\n").Element("h2", "Sweep file").Element("pre", content.SweepFile);
        html.Raw("</section>\n<section>\n").Element("h2", "Environment").Raw("<dl>\n");
        foreach (var (name, value) in content.Environment) html.Element("dt", name).Element("dd", value);
        return html.Raw("</dl>\n</section>\n</body>\n</html>\n").ToString();
    }

    private static void Table(HtmlWriter html, NightResult result)
    {
        html.Raw("<div class=\"scroll\"><table>\n<thead><tr>");
        foreach (var heading in (string[])["Configuration", "Seeds", result.Metric, "against before", "adjusted p", result.SpeedUnit, "against before", "adjusted p"])
            html.Raw("<th>").Text(heading).Raw("</th>");
        html.Raw("</tr></thead>\n<tbody>\n");
        foreach (var one in result.Configurations)
        {
            html.Raw(one.IsBaseline ? "<tr class=\"baseline\">" : "<tr>").Raw("<td>").Text(one.Label).Raw(one.IsBaseline ? " <span>baseline</span></td>" : "</td>");
            Cell(html, one.Values.Count.ToString(CultureInfo.InvariantCulture), Diverged(one));
            Cell(html, Number(one.Sample()?.Mean, "0.0000"));
            Compared(html, one.Metric, "+0.0000;-0.0000;0");
            Cell(html, Number(one.Speeds.Count == 0 ? null : one.Speeds.Values.Average(), "N0"));
            Compared(html, one.Speed, "+#,0;-#,0;0");
            html.Raw("</tr>\n");
        }
        var nights = result.Configurations.Select(one => one.Metric?.Nights ?? 0).DefaultIfEmpty().Max();
        html.Raw("</tbody>\n</table></div>\n").Element("p", $"{result.Metric}: mean over seeds at the end of training. Against before: the difference from {nights} earlier "
            + $"{(nights == 1 ? "night" : "nights")} of the same job; p: that such a difference is the noise of seeds and nights, adjusted by Holm's correction for all configurations. "
            + "The speed is that of the machine too, and is tested on its own.", "note");
    }

    private static void Compared(HtmlWriter html, NightComparison? comparison, string format)
    {
        Cell(html, Number(comparison?.Difference, format), comparison?.Change switch { NightlyChange.Regressed => "regressed", NightlyChange.Improved => "improved", _ => null });
        Cell(html, comparison?.AdjustedP is < 0.0001 ? "< 0.0001" : Number(comparison?.AdjustedP, "0.0000"));
    }

    private static void Cell(HtmlWriter html, string value, string? remark = null)
    {
        html.Raw("<td>").Text(value);
        if (remark is not null) html.Raw(" <span>").Text(remark).Raw("</span>");
        html.Raw("</td>");
    }

    private static string? Diverged(NightConfiguration one) => one.Values.Values.Count(value => !double.IsFinite(value)) is > 0 and var count ? $"{count} diverged" : null;

    private static string Heading(IReadOnlyList<NightEvent> events) => string.Join(", ", events.Where(one => one != NightEvent.Completed).Select(one => one.ToString())) is { Length: > 0 } said ? said : "Verdict";

    private static Chart Metric(NightReportContent content, ChartTheme theme) => HistoryChart.Draw(content.Job, content.Metric, content.Result.Metric, theme);

    private static Chart Speed(NightReportContent content, ChartTheme theme) => HistoryChart.Draw(content.Job, content.Speed, $"Training speed, {content.Result.SpeedUnit}", theme);

    private static string Took(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min" : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s" : $"{time.Seconds} s";

    private static string Number(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : Unknown;
}
