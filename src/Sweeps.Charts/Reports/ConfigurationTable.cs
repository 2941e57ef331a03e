using System.Globalization;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts.Reports;

/// <summary>The table of configurations: what was measured and how sure it is.</summary>
internal static class ConfigurationTable
{
    private const string Unknown = "–";
    private const int MostInTheirOrder = 20;
    private const int MostRows = 60;

    public static void Write(HtmlWriter html, SweepSummary summary)
    {
        html.Raw("<div class=\"scroll\"><table>\n<thead><tr>");
        foreach (var heading in Headings(summary)) html.Raw("<th>").Text(heading).Raw("</th>");
        html.Raw("</tr></thead>\n<tbody>\n");
        foreach (var configuration in Shown(summary))
        {
            html.Raw(configuration.IsBaseline ? "<tr class=\"baseline\">" : "<tr>");
            foreach (var (value, remark) in Cells(configuration, summary))
            {
                html.Raw("<td>").Text(value);
                if (remark is not null) html.Raw(" <span>").Text(remark).Raw("</span>");
                html.Raw("</td>");
            }
            html.Raw("</tr>\n");
        }
        html.Raw("</tbody>\n</table></div>\n");
        if (LeftOut(summary) is { } leftOut) html.Element("p", leftOut, "note");
        html.Element("p", Note(summary), "note");
    }

    /// <summary>The same table in Markdown.</summary>
    public static void Write(MarkdownWriter markdown, SweepSummary summary)
    {
        markdown.Table(Headings(summary), Shown(summary).Select(configuration => Cells(configuration, summary).Select(cell => cell.Remark is null ? cell.Value : $"{cell.Value} {cell.Remark}")));
        if (LeftOut(summary) is { } leftOut) markdown.Paragraph(leftOut);
    }

    /// <summary>What a configuration's row says: values, some with a remark.</summary>
    private static IEnumerable<(string Value, string? Remark)> Cells(ConfigurationSummary configuration, SweepSummary summary)
    {
        var isBaseline = configuration.IsBaseline;
        yield return (configuration.Label, isBaseline ? "baseline" : null);
        yield return (Seeds(configuration), Remark(configuration));
        yield return (Loss(configuration.Mean), Interval(configuration.Interval, Loss));
        yield return (Loss(configuration.Sd), null);
        if (summary.Target is not null)
        {
            yield return (Cost(configuration, summary.Cost), configuration is { Reached: > 0, NotReached: > 0 and var missed } ? $"not by {missed}" : null);
            yield return isBaseline ? (configuration.Reached > 0 ? "1.00×" : Unknown, null)
                : configuration.Efficiency is { } efficiency ? (Ratio(efficiency.Value) + "×", Interval(efficiency.Interval, Ratio)) : (Unknown, null);
        }
        // Its look is for all comparisons; the p-value is not adjusted, but has to be below the level.
        yield return (summary.Until is null ? Probability(configuration.P) : Small(configuration.P), null);
        yield return (summary.Until is null ? Probability(configuration.AdjustedP) : configuration.Level == 0 ? "no look yet" : Small(configuration.Level), null);
    }

    /// <summary>Few configurations in their order; of more the baselines and the best, best first.</summary>
    private static IReadOnlyList<ConfigurationSummary> Shown(SweepSummary summary)
    {
        if (summary.Configurations.Count <= MostInTheirOrder) return summary.Configurations;
        var sign = summary.Goal == MetricGoal.Minimize ? 1 : -1;
        return [.. summary.Configurations.OrderBy(configuration => !configuration.IsBaseline)
            .ThenBy(configuration => sign * configuration.Mean ?? double.PositiveInfinity).Take(MostRows)];
    }

    private static IEnumerable<string> Headings(SweepSummary summary)
    {
        string[] target = summary.Target is { } goal
            ? [$"{summary.Cost} to {goal.ToString("0.####", CultureInfo.InvariantCulture)}", "Sample efficiency"] : [];
        return ["Configuration", "Seeds", summary.Metric, "sd", .. target, "p", summary.Until is null ? "adjusted p" : "level of its look"];
    }

    private static string? LeftOut(SweepSummary summary) => Shown(summary).Count is var shown && shown == summary.Configurations.Count ? null
        : $"{(summary.HasOneBaseline ? $"The baseline and the best {shown - 1}" : $"{shown} with the baselines and the best")} of {summary.Configurations.Count.ToString("N0", CultureInfo.InvariantCulture)} configurations; summary.json has all of them.";

    /// <summary>What the columns mean.</summary>
    public static string Note(SweepSummary summary) =>
        $"{summary.Metric}: mean over seeds at the end of training, in brackets its 95% interval. p: difference from {(summary.HasOneBaseline ? "the" : "its")} baseline; "
        + (summary.Until is null ? "adjusted: by Holm's correction for all comparisons." : "level: what p has to be below at the look that decided or was the last, for all looks and comparisons together.")
        + (summary.Target is null ? "" : $" Sample efficiency: {Word(summary.Cost)} of {(summary.HasOneBaseline ? "the" : "its")} baseline divided by {Word(summary.Cost)} needed to reach the target, with its 95% interval.");

    private static string Seeds(ConfigurationSummary configuration) => configuration.N == configuration.Planned
        ? configuration.N.ToString(CultureInfo.InvariantCulture) : $"{configuration.N} of {configuration.Planned}";

    private static string? Remark(ConfigurationSummary configuration)
    {
        var remarks = new List<string>();
        if (configuration.Diverged > 0) remarks.Add($"{configuration.Diverged} diverged");
        if (configuration.StoppedAt is { } step) remarks.Add($"stopped at step {step.ToString("N0", CultureInfo.InvariantCulture)}");
        return remarks.Count > 0 ? string.Join(", ", remarks) : null;
    }

    private static string Cost(ConfigurationSummary configuration, TrainingCost unit) => configuration.ToTarget(unit) is { } cost && double.IsFinite(cost)
        ? Ticks.Amount(cost)(Significant(cost)) : configuration.NotReached > 0 ? "not reached" : Unknown;

    private static string Word(TrainingCost unit) => unit.ToString().ToLowerInvariant();

    private static string? Interval(Interval? interval, Func<double?, string> format) =>
        interval is not null && double.IsFinite(interval.Low) && double.IsFinite(interval.High) ? $"[{format(interval.Low)}, {format(interval.High)}]" : null;

    private static string Loss(double? value) => value is { } number && double.IsFinite(number) ? MetricText.Of(number) : Unknown;

    private static string Ratio(double? value) => Number(value, "0.00");

    private static string Number(double? value, string format) =>
        value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : Unknown;

    private static double Significant(double value) =>
        double.Parse(value.ToString("E2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A p-value or the level beside it, by <see cref="ProbabilityText.Small"/>.</summary>
    public static string Small(double? p) => p is { } known ? ProbabilityText.Small(known) : Unknown;

    /// <summary>A p-value.</summary>
    public static string Probability(double? p) => p switch
    {
        null => Unknown,
        < 0.0001 => "< 0.0001",
        { } known => Number(known, known < 0.01 ? "0.0000" : "0.000"),
    };
}
