using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>
/// Sample efficiency, one row per configuration: a point at the ratio of tokens (steps, where they are not counted), its 95% interval, and both in numbers at the right.
/// Ratios are drawn on a logarithmic axis, where twice and half are equally far from the baseline's 1. Best on top, the baseline
/// first, configurations that never reached the target last and said so.
/// </summary>
public static class EfficiencyChart
{
    private const int Width = 960;
    private const int RowHeight = 30;
    private const int FrameHeight = 130;
    private const int MostRows = 60;
    private const int MostTicks = 9;
    private const int LabelLength = 44;
    private const float PointSize = 10;
    private const double IntervalShown = 3;
    private const double LeastSpan = 1.25;
    private const double Margin = 0.07;

    /// <summary>Draws the chart of a sweep, finished or not.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="summary">What was found.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    public static Chart Draw(string title, SweepSummary summary, ChartTheme? theme = null) =>
        Draw(title, EfficiencyRow.Of(summary), ConfigurationColors.Of(summary, theme ?? ChartTheme.Light), summary.Target, theme ?? ChartTheme.Light,
            ResultMetrics.Free(summary.Metric, summary.Goal).Noun, summary.Cost);

    /// <summary>Draws the chart.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="rows">Configurations in the order of the sweep.</param>
    /// <param name="target">The target, where there is one.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    /// <param name="noun">What the target is a value of.</param>
    /// <param name="unit">What its cost is counted in.</param>
    public static Chart Draw(string title, IReadOnlyList<EfficiencyRow> rows, double? target = null, ChartTheme? theme = null, string noun = "loss", TrainingCost unit = TrainingCost.Tokens)
    {
        theme ??= ChartTheme.Light;
        return Draw(title, rows, ConfigurationColors.Of([.. rows.Select(row => (row.IsBaseline, row.Ratio is { } ratio ? -ratio : (double?)null))], theme), target, theme, noun, unit);
    }

    private static Chart Draw(string title, IReadOnlyList<EfficiencyRow> rows, IReadOnlyList<Color> colors, double? target, ChartTheme theme, string noun, TrainingCost unit)
    {
        if (rows.Count == 0) return theme.Empty(title, "No data yet", Width, FrameHeight + 5 * RowHeight);
        if (target is null) return theme.Empty(title, $"The sweep names no target {noun}", Width, FrameHeight + 5 * RowHeight);

        var plot = theme.NewPlot(title);
        var series = rows.Zip(colors).ToDictionary(pair => pair.First, pair => pair.Second, (IEqualityComparer<EfficiencyRow>)ReferenceEqualityComparer.Instance);
        var sorted = rows.OrderBy(row => row.IsBaseline ? 0 : Position(row) is null ? 2 : 1).ThenByDescending(row => Position(row) ?? 0).Take(MostRows).ToArray();
        var (low, high) = Range(sorted);
        plot.Axes.SetLimitsX(low, high);
        plot.Axes.SetLimitsY(-0.5, sorted.Length - 0.5);
        plot.Axes.SetLimitsY(-0.5, sorted.Length - 0.5, plot.Axes.Right);

        plot.Add.VerticalLine(0, 1.5f, theme.Faint, LinePattern.DenselyDashed);
        var (labels, numbers) = (new NumericManual(), new NumericManual());
        foreach (var (row, i) in sorted.Select((row, i) => (row, i)))
        {
            var y = sorted.Length - 1 - i;
            labels.AddMajor(y, ChartLabel.Shorten(row.Label, LabelLength) + (row.IsBaseline ? " (baseline)" : ""));
            numbers.AddMajor(y, InNumbers(row));
            if (Position(row) is { } x) Point(plot, row, x, y, series[row]);
            else Remark(plot, theme, row, y);
        }

        plot.Axes.Left.TickGenerator = labels;
        plot.Axes.Right.TickGenerator = numbers;
        plot.Axes.Bottom.TickGenerator = Ticks.Ratio(Math.Pow(10, low), Math.Pow(10, high), MostTicks);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Right.MajorTickStyle.Length = 0;
        var goal = target.Value.ToString("0.####", CultureInfo.InvariantCulture);
        var cost = unit.ToString().ToLowerInvariant();
        var left = rows.Count > sorted.Length ? $"; {rows.Count - sorted.Length} worse ones are left out" : "";
        plot.XLabel($"Sample efficiency at {noun} {goal} ({cost} of the baseline / {cost} needed; 95% interval{left})");
        return new(plot, Width, FrameHeight + Math.Max(3, sorted.Length) * RowHeight);
    }

    /// <summary>Where the point goes, in log10; the baseline is at 1 by definition.</summary>
    private static double? Position(EfficiencyRow row) => row.IsBaseline ? row.Reached > 0 ? 0 : null : Log(row.Ratio);

    private static double? Log(double? ratio) => ratio is { } r && double.IsFinite(r) && r > 0 ? Math.Log10(r) : null;

    /// <summary>The interval in log10; the baseline has none, being compared with itself.</summary>
    private static (double Low, double High)? Interval(EfficiencyRow row) =>
        !row.IsBaseline && Position(row) is not null && Log(row.Low) is { } low && Log(row.High) is { } high ? (low, high) : null;

    /// <summary>All points and 1, and of each interval as much as helps: an interval from two seeds can span decades.</summary>
    private static (double Low, double High) Range(EfficiencyRow[] rows)
    {
        var points = rows.Select(Position).OfType<double>().Append(0).ToArray();
        var (least, most) = (points.Min() - Math.Log10(IntervalShown), points.Max() + Math.Log10(IntervalShown));
        var intervals = rows.Select(Interval).OfType<(double Low, double High)>().ToArray();
        var low = intervals.Select(interval => Math.Max(interval.Low, least)).Concat(points).Min();
        var high = intervals.Select(interval => Math.Min(interval.High, most)).Concat(points).Max();
        var (center, half) = ((low + high) / 2, Math.Max((high - low) / 2, Math.Log10(LeastSpan)));
        return (center - half * (1 + 2 * Margin), center + half * (1 + 2 * Margin));
    }

    private static void Point(Plot plot, EfficiencyRow row, double x, double y, Color color)
    {
        if (Interval(row) is var (low, high))
        {
            var bar = plot.Add.ErrorBar([x], [y], [0]);
            (bar.XErrorNegative, bar.XErrorPositive) = ([x - low], [high - x]);
            (bar.YErrorNegative, bar.YErrorPositive) = (null, null);
            (bar.Color, bar.LineWidth, bar.CapSize) = (color, 2, 5);
        }

        plot.Add.Markers((double[])[x], (double[])[y], MarkerShape.FilledCircle, PointSize, color);
    }

    private static void Remark(Plot plot, ChartTheme theme, EfficiencyRow row, double y)
    {
        var remark = row.Seeds == 0 ? "no finished run yet" : row.Reached == 0 ? "target not reached" : "reached, but not by the baseline";
        var text = plot.Add.Text(remark, 0, y);
        text.OffsetX = 12;
        text.LabelAlignment = Alignment.MiddleLeft;
        text.LabelFontColor = theme.Faint;
        text.LabelFontSize = 12;
        text.LabelItalic = true;
    }

    private static string InNumbers(EfficiencyRow row)
    {
        if (row.Seeds == 0) return "";
        var reached = row.Reached < row.Seeds || Position(row) is null ? $"{row.Reached} of {row.Seeds} seeds" : "";
        if (Position(row) is not { } position) return reached;
        var ratio = Number(Math.Pow(10, position)) + "×";
        var interval = Interval(row) is var (low, high) ? $" [{Number(Math.Pow(10, low))}, {Number(Math.Pow(10, high))}]" : "";
        return ratio + interval + (reached.Length > 0 ? ", " + reached : "");
    }

    private static string Number(double ratio) => ratio.ToString(ratio < 0.095 ? "G2" : ratio < 9.95 ? "0.00" : "0.#", CultureInfo.InvariantCulture);
}
