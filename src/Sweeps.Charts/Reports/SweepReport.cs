using System.Globalization;
using System.Text;

namespace Sweeps.Charts.Reports;

/// <summary>
/// A sweep's results for people: <c>report.html</c>, one file that needs nothing else (no script, no request, light and dark by
/// the reader's preference), and its two charts as <c>loss.svg</c> and <c>efficiency.svg</c>.
/// </summary>
public static class SweepReport
{
    // The policy makes the promise enforceable: a browser refuses scripts and requests even if a text slipped through unescaped.
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1f2328; --faint: #5b6470; --line: #dfe2e6; --paper: #ffffff; --raised: #f5f6f8; --mark: #1f77b4; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e8eb; --faint: #9aa3ad; --line: #2a2f37; --paper: #15181d; --raised: #1c2027; --mark: #5aa9e6; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1060px; padding: 32px 24px 64px; color: var(--ink); background: var(--paper);
          font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; }
        h2 { font-size: 18px; margin: 40px 0 12px; }
        .question { font-size: 17px; margin: 0 0 10px; }
        .facts { color: var(--faint); margin: 0; }
        .verdict { margin: 28px 0 0; padding: 14px 18px; background: var(--raised); border-left: 4px solid var(--mark); }
        .verdict h2 { margin: 0 0 4px; font-size: 15px; }
        .verdict p { margin: 4px 0 0; }
        .verdict .answer { font-size: 17px; font-weight: 600; }
        img { display: block; width: 100%; height: auto; min-width: 680px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
        th, td { padding: 7px 8px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th { font-weight: 600; white-space: normal; vertical-align: bottom; border-bottom: 2px solid var(--line); }
        th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; overflow-wrap: anywhere; min-width: 180px; }
        th:last-child, td:last-child { padding-right: 0; }
        tr.baseline td { font-weight: 600; }
        td span { color: var(--faint); font-weight: 400; }
        .note { color: var(--faint); font-size: 13px; margin: 10px 0 0; }
        pre { margin: 0; padding: 14px 18px; background: var(--raised); overflow-x: auto; overflow-wrap: normal;
          font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
        dt { color: var(--faint); }
        dd { margin: 0; }
        @media print { body { max-width: none; padding: 0; } .verdict, picture, tr { break-inside: avoid; } }
        """;

    /// <summary>Writes <c>report.html</c>, <c>loss.svg</c> and <c>efficiency.svg</c> into a directory, which is made when missing.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string directory, SweepReportContent content)
    {
        Directory.CreateDirectory(directory);
        using var loss = Loss(content, ChartTheme.Light);
        using var efficiency = Efficiency(content, ChartTheme.Light);
        loss.SaveSvg(Path.Combine(directory, "loss.svg"));
        efficiency.SaveSvg(Path.Combine(directory, "efficiency.svg"));
        File.WriteAllText(Path.Combine(directory, "report.html"), Html(content));
    }

    /// <summary>The report as an HTML document.</summary>
    public static string Html(SweepReportContent content)
    {
        var html = new HtmlWriter();
        Begin(html, content.Spec.Name);
        html.Element("h1", content.Spec.Name);
        if (!string.IsNullOrWhiteSpace(content.Spec.Description)) html.Element("p", content.Spec.Description, "question");
        html.Element("p", Facts(content), "facts");
        html.Raw("</header>\n<section class=\"verdict\">\n").Element("h2", "Verdict");
        foreach (var (i, line) in content.Summary.Verdict.Split('\n', StringSplitOptions.RemoveEmptyEntries).Index())
            html.Element("p", line, i == 0 ? "answer" : null);
        html.Raw("</section>\n");

        var noun = content.Spec.Metric.Metric.Noun;
        noun = char.ToUpperInvariant(noun[0]) + noun[1..];
        html.Raw("<section>\n").Element("h2", noun);
        Picture(html, theme => Loss(content, theme), $"{noun} against training {content.Summary.Cost.ToString().ToLowerInvariant()}, one line per configuration. The final values are in the table.");
        html.Raw("</section>\n<section>\n").Element("h2", "Sample efficiency");
        Picture(html, theme => Efficiency(content, theme), "Sample efficiency of each configuration with its interval. The values are in the table.");
        html.Raw("</section>\n<section>\n").Element("h2", "Configurations");
        ConfigurationTable.Write(html, content.Summary);
        html.Raw("</section>\n<section>\n").Element("h2", "Sweep file").Element("pre", content.Spec.Yaml);
        html.Raw("</section>\n<section>\n").Element("h2", "Environment").Raw("<dl>\n");
        foreach (var (name, value) in content.Environment) html.Element("dt", name).Element("dd", value);
        return html.Raw("</dl>\n</section>\n</body>\n</html>\n").ToString();
    }

    /// <summary>A document's beginning, up to its header.</summary>
    internal static void Begin(HtmlWriter html, string title)
    {
        html.Raw($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <title>
            """).Text(title).Raw("</title>\n<style>\n").Raw(Style).Raw("\n</style>\n</head>\n<body>\n<header>\n");
    }

    private static Chart Loss(SweepReportContent content, ChartTheme theme) =>
        LossChart.Draw(content.Spec.Name, content.Summary, content.Curves, theme);

    private static Chart Efficiency(SweepReportContent content, ChartTheme theme) =>
        EfficiencyChart.Draw(content.Spec.Name, content.Summary, theme);

    private static string Facts(SweepReportContent content)
    {
        var saved = content.StepsWithoutSharing - content.StepsTrained;
        var steps = $"{content.StepsTrained.ToString("N0", CultureInfo.InvariantCulture)} steps trained";
        if (saved > 0)
        {
            var share = (saved / (double)content.StepsWithoutSharing).ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);
            steps += $", {share} fewer than without shared prefixes";
        }

        return $"Sweep {content.Id} · {content.State} · {content.Time.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)} · {steps}";
    }

    /// <summary>Both themes go in as images, which cannot run anything nor clash with each other; the browser shows the reader's.</summary>
    internal static void Picture(HtmlWriter html, Func<ChartTheme, Chart> draw, string description)
    {
        using var light = draw(ChartTheme.Light);
        using var dark = draw(ChartTheme.Dark);
        html.Raw($"""
            <div class="scroll"><picture><source media="(prefers-color-scheme: dark)" srcset="{Data(dark)}"><img src="{Data(light)}" width="{light.Width}" height="{light.Height}" alt="
            """).Text(description).Raw("\"></picture></div>\n");
    }

    private static string Data(Chart chart) => "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(chart.ToSvg()));
}
