using System.Globalization;
using Sweeps.Core.Statistics.Importance;

namespace Sweeps.Charts.Reports;

/// <summary>How much each parameter matters.</summary>
internal static class ImportanceTable
{
    private const int MostRows = 20;
    private const double FullWidth = 240;

    public static void Write(HtmlWriter html, SweepImportance found)
    {
        var importance = found.Parameters;
        html.Element("p", found.Words).Raw("<div class=\"scroll\"><table>\n<thead><tr><th>Parameter</th><th>Share</th><th></th></tr></thead>\n<tbody>\n");
        foreach (var parameter in importance.Take(MostRows))
            html.Raw("<tr><td>").Text(parameter.Parameter).Raw("</td><td>").Text(parameter.Share.ToString("0.00", CultureInfo.InvariantCulture)).Raw(" <span>").Text($"± {parameter.Spread.ToString("0.00", CultureInfo.InvariantCulture)}")
                .Raw($"</span></td><td class=\"share\"><span class=\"bar\" style=\"width: {Math.Max(1, FullWidth * Math.Clamp(parameter.Share, 0, 1)).ToString("0", CultureInfo.InvariantCulture)}px\"></span></td></tr>\n");
        html.Raw("</tbody>\n</table></div>\n").Element("p", (importance.Count > MostRows ? $"The {MostRows} most important of {importance.Count}. " : "")
            + $"Importance: the part of the variance of {found.Metric} over the search space that a parameter explains alone (functional analysis of variance on a random forest; ± its spread over the trees). "
            + "What the shares lack of 1, parameters do together.", "note");
    }
}
