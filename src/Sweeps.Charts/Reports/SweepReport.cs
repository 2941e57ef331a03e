using System.Globalization;
using System.Text;

namespace Sweeps.Charts.Reports;

/// <summary>
/// A sweep's results for people: <c>report.html</c>, one file that needs nothing else (no script, no request, light and dark by
/// the reader's preference), and its most important charts as SVG files beside it.
/// </summary>
public static class SweepReport
{
    // The policy makes the promise enforceable: a browser refuses scripts and requests even if a text slipped through unescaped.
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1f2328; --faint: #5b6470; --line: #dfe2e6; --paper: #ffffff; --raised: #f5f6f8; --mark: #1f77b4; --bad: #b42318; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e8eb; --faint: #9aa3ad; --line: #2a2f37; --paper: #15181d; --raised: #1c2027; --mark: #5aa9e6; --bad: #ff8a7a; }
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
        td.share { text-align: left; width: 260px; }
        td span { color: var(--faint); font-weight: 400; }
        .note { color: var(--faint); font-size: 13px; margin: 10px 0 0; }
        pre { margin: 0; padding: 14px 18px; background: var(--raised); overflow-x: auto; overflow-wrap: normal;
          font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        details summary { cursor: pointer; margin: 0 0 8px; }
        .failure { margin: 0 0 14px; }
        .failure p { margin: 0 0 4px; }
        .failure pre { border-left: 4px solid var(--bad); max-height: 300px; }
        .bar { display: inline-block; height: 10px; background: var(--mark); vertical-align: baseline; }
        .scroll + .scroll { margin-top: 18px; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
        dt { color: var(--faint); }
        dd { margin: 0; }
        @media print { body { max-width: none; padding: 0; } .verdict, picture, tr { break-inside: avoid; } }
        """;

    /// <summary>
    /// Writes <c>report.html</c> into a directory, which is made when missing, and beside it <c>sweep.yaml</c>, <c>loss.svg</c>, <c>efficiency.svg</c> and, where
    /// parameters vary, <c>parameters.svg</c>.
    /// </summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string directory, SweepReportContent content)
    {
        Directory.CreateDirectory(directory);
        SaveSvg("loss.svg", ReportPictures.Loss(content).First().Draw);
        SaveSvg("efficiency.svg", theme => EfficiencyChart.Draw(content.Spec.Name, content.Summary, theme));
        if (ReportPictures.Parameter(content) is { } parameters) SaveSvg("parameters.svg", parameters.Draw);
        File.WriteAllText(Path.Combine(directory, "sweep.yaml"), content.Spec.Yaml);
        File.WriteAllText(Path.Combine(directory, "report.html"), Html(content));

        void SaveSvg(string name, Func<ChartTheme, Chart> draw)
        {
            using var chart = draw(ChartTheme.Light);
            chart.SaveSvg(Path.Combine(directory, name));
        }
    }

    /// <summary>The report as an HTML document.</summary>
    public static string Html(SweepReportContent content)
    {
        var html = new HtmlWriter();
        Begin(html, content.Spec.Name);
        html.Element("h1", content.Spec.Name);
        if (!string.IsNullOrWhiteSpace(content.Spec.Description)) html.Element("p", content.Spec.Description, "question");
        if (content.Spec.Claim is { } claim) html.Element("p", $"Claim: {claim}", "facts");
        html.Element("p", Facts(content), "facts");
        html.Raw("</header>\n<section class=\"verdict\">\n").Element("h2", "Verdict");
        foreach (var (i, line) in content.Summary.Verdict.Split('\n', StringSplitOptions.RemoveEmptyEntries).Index())
            html.Element("p", line, i == 0 ? "answer" : null);
        html.Raw("</section>\n");

        var noun = content.Spec.Metric.Metric.Noun;
        Section(html, char.ToUpperInvariant(noun[0]) + noun[1..], () => Pictures(html, ReportPictures.Loss(content)));
        Section(html, "Sample efficiency", () =>
        {
            var pictures = ReportPictures.SampleEfficiency(content).ToArray();
            if (pictures.Length == 0) html.Element("p", ReportPictures.WithoutEfficiency(content.Summary), "note");
            Pictures(html, pictures);
        });
        Section(html, "Configurations", () => ConfigurationTable.Write(html, content.Summary));
        if (ReportPictures.Parameters(content).ToArray() is { Length: > 0 } parameters)
            Section(html, "Parameters", () =>
            {
                if (content.Importance is { Parameters.Count: > 1 } importance) ImportanceTable.Write(html, importance);
                Pictures(html, parameters);
                if (ReportPictures.ParametersLeftOut(content) is > 0 and var more) html.Element("p", $"{more} parameters that matter less are left out.", "note");
            });
        if (content.Runs.Count > 0) Section(html, "Runs", () => RunTable.Write(html, content.Runs, content.Summary.Metric));
        if (content.Paths.Count > 0) Section(html, "Stages", () => Stages(html, content));
        Section(html, "Sweep file", () => html.Element("pre", content.Spec.Yaml));
        if (content.Reproduction.Count > 0) Section(html, "To get these numbers again", () => html.Element("pre", string.Join('\n', content.Reproduction)));
        Section(html, "Environment", () =>
        {
            html.Raw("<dl>\n");
            foreach (var (name, value) in content.Environment) html.Element("dt", name).Element("dd", value);
            html.Raw("</dl>\n");
        });
        return html.Raw("</body>\n</html>\n").ToString();
    }

    private static void Section(HtmlWriter html, string title, Action content)
    {
        html.Raw("<section>\n").Element("h2", title);
        content();
        html.Raw("</section>\n");
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

    private static void Stages(HtmlWriter html, SweepReportContent content)
    {
        var saved = content.StepsWithoutSharing - content.StepsTrained - content.StepsReused;
        var sentence = $"{Steps(content.StepsTrained)} trained for {content.Paths.Count.ToString("N0", CultureInfo.InvariantCulture)} runs"
            + (saved > 0 ? $"; sharing what runs have in common saved {saved.ToString("N0", CultureInfo.InvariantCulture)} ({Share(saved, content.StepsWithoutSharing)})" : "")
            + (content.StepsReused > 0 ? $"; {content.StepsReused.ToString("N0", CultureInfo.InvariantCulture)} were taken from earlier sweeps" : "") + ".";
        html.Element("p", sentence);
        if (ReportPictures.StageTree(content) is not { } tree)
        {
            html.Element("p", "No two runs share a stage.", "note");
            return;
        }
        Pictures(html, [tree]);
        if (StageTreeChart.Remark(content.Paths) is { } remark) html.Element("p", remark, "note");
    }

    private static string Facts(SweepReportContent content)
    {
        var saved = content.StepsWithoutSharing - content.StepsTrained - content.StepsReused;
        var steps = content.Spec.IsImported ? $"{Steps(content.StepsWithoutSharing)} imported"
            : $"{Steps(content.StepsTrained)} trained" + (saved > 0 ? $", {Share(saved, content.StepsWithoutSharing)} fewer than without shared prefixes" : "");
        return $"Sweep {content.Id} · {content.State} · {content.Time.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)} · {steps}";
    }

    private static string Steps(long count) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? "step" : "steps")}";

    private static string Share(long part, long whole) => (part / (double)whole).ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>Both themes go in as images, which cannot run anything nor clash with each other; the browser shows the reader's.</summary>
    internal static void Pictures(HtmlWriter html, params IEnumerable<ReportPicture> pictures)
    {
        foreach (var picture in pictures)
        {
            using var light = picture.Draw(ChartTheme.Light);
            using var dark = picture.Draw(ChartTheme.Dark);
            html.Raw($"""
                <div class="scroll"><picture><source media="(prefers-color-scheme: dark)" srcset="{Data(dark)}"><img src="{Data(light)}" width="{light.Width}" height="{light.Height}" alt="
                """).Text(picture.Description).Raw("\"></picture></div>\n");
        }
    }

    private static string Data(Chart chart) => "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(chart.ToSvg()));
}
