using System.Globalization;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Reports;

/// <summary>The runs: those that failed with what went wrong, then all of them.</summary>
internal static class RunTable
{
    private const int MostRows = 200;
    private const int MostNamed = 6;
    private const int MostErrors = 20;

    public static void Write(HtmlWriter html, IReadOnlyList<ReportRun> runs, string metric)
    {
        var failures = runs.Where(run => run is { State: "failed" }).GroupBy(run => run.Error ?? "No error was told.").ToArray();
        foreach (var failure in failures.Take(MostErrors))
        {
            var named = failure.Take(MostNamed).Select(run => $"{run.Configuration} seed {run.Seed}");
            var more = failure.Count() > MostNamed ? $" and {Whole(failure.Count() - MostNamed)} more" : "";
            html.Raw("<div class=\"failure\">").Element("p", $"{(failure.Count() == 1 ? "One run" : $"{Whole(failure.Count())} runs")} failed: {string.Join("; ", named)}{more}").Element("pre", failure.Key).Raw("</div>\n");
        }
        if (failures.Length > MostErrors) html.Element("p", $"{Whole(failures.Length - MostErrors)} other errors are left out.", "note");
        var states = string.Join(", ", runs.GroupBy(run => run.State).Select(state => $"{Whole(state.Count())} {state.Key}"));
        html.Raw("<details><summary>").Text($"All runs: {states}").Raw("</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th>Configuration</th><th>Seed</th><th>State</th><th>Steps</th><th>").Text($"last {metric}")
            .Raw("</th></tr></thead>\n<tbody>\n");
        foreach (var run in runs.OrderBy(run => run.State != "failed").Take(MostRows))
            html.Raw("<tr><td>").Text(run.Configuration).Raw("</td><td>").Text(run.Seed.ToString(CultureInfo.InvariantCulture)).Raw("</td><td>").Text(run.State).Raw("</td><td>").Text(Whole(run.Steps))
                .Raw("</td><td>").Text(run.Last is { } last ? double.IsFinite(last) ? MetricText.Of(last) : "not finite" : "–").Raw("</td></tr>\n");
        html.Raw("</tbody>\n</table></div>\n");
        if (runs.Count > MostRows) html.Element("p", $"The first {MostRows} of {Whole(runs.Count)} runs; those that failed come first.", "note");
        html.Raw("</details>\n");
    }

    private static string Whole(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
