using System.Globalization;
using ScottPlot;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>
/// Sample efficiency as a function of the target: how many times fewer tokens than the baseline a configuration needs to reach each value that
/// both reach in every seed, with the 95% interval shaded. Training goes from left to right, so the axis of a loss falls.
/// </summary>
public static class EfficiencyCurveChart
{
    private const int Width = 960;
    private const int Height = 540;
    private const int MostTicks = 9;
    private const int LegendLabelLength = 34;
    private const double BandOpacity = 0.16;
    private const int BandsOfFullOpacity = 4;
    private const double Begun = 0.1;
    private const double LeastSpan = 1.25;
    private const double MostOfInterval = 2;
    private const double Margin = 0.06;

    /// <summary>Draws the chart of a sweep, finished or not.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="summary">What was found.</param>
    /// <param name="runs">The validations of its finished runs.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    public static Chart Draw(string title, SweepSummary summary, IReadOnlyList<RunCurve> runs, ChartTheme? theme = null)
    {
        theme ??= ChartTheme.Light;
        var lines = Lines(summary, runs, theme);
        if (lines.Length == 0) return theme.Empty(title, "No values yet that a configuration and the baseline both reach", Width, Height);

        var plot = theme.NewPlot(title);
        plot.Add.HorizontalLine(0, 2, theme.Ink);
        foreach (var line in lines) Band(plot, line, BandOpacity * Math.Min(1, BandsOfFullOpacity / (double)lines.Length));
        foreach (var line in lines) plot.Add.ScatterLine(line.Places, line.Logs, line.Color).LineWidth = 2;

        var (low, high) = Range(lines);
        plot.Axes.SetLimitsY(low, high);
        plot.Axes.Left.TickGenerator = Ticks.Ratio(Math.Pow(10, low), Math.Pow(10, high), MostTicks);
        var (from, to) = (lines.Min(line => line.Places[0]), lines.Max(line => line.Places[^1]));
        var edge = (to - from) * 0.015;
        plot.Axes.SetLimitsX(from - edge, to + edge);
        plot.Axes.Bottom.TickGenerator = summary.Goal == MetricGoal.Minimize ? Ticks.Falling(-to, -from, MostTicks) : Ticks.Decimal(from, to, MostTicks);
        plot.XLabel($"Target {ChartLabel.Shorten(summary.Metric, LegendLabelLength)}");
        var unit = summary.Cost.ToString();
        plot.YLabel($"{unit} of the baseline / {unit.ToLowerInvariant()} needed");
        var wanted = summary.Target * Sign(summary.Goal) is { } place && place >= from && place <= to ? place : (double?)null;
        Legend(plot, theme, lines, summary, wanted is not null);
        if (wanted is { } target)
            plot.Add.VerticalLine(target, 1.5f, theme.Target, LinePattern.DenselyDashed);
        return new(plot, Width, Height);
    }

    /// <summary>Whether there are values that a configuration and the baseline both reach, so that there is something to draw.</summary>
    public static bool HasLines(SweepSummary summary, IReadOnlyList<RunCurve> runs) => Lines(summary, runs, ChartTheme.Light).Length > 0;

    /// <summary>A line for each configuration with a colour of its own: of many, the best.</summary>
    private static Line[] Lines(SweepSummary summary, IReadOnlyList<RunCurve> runs, ChartTheme theme)
    {
        var byConfiguration = runs.ToLookup(run => run.ConfigurationIndex);
        var places = ConfigurationColors.Places(summary, theme);
        return [.. summary.Configurations.Where(configuration => !configuration.IsBaseline && places[configuration.Index] is not null)
            .Select(configuration => new Line(configuration.Label, theme.Series[places[configuration.Index]!.Value],
                Efficiency.Curve([.. byConfiguration[configuration.Reference]], [.. byConfiguration[configuration.Index]], goal: summary.Goal, unit: summary.Cost, isPaired: summary.IsPaired, after: Begun), Sign(summary.Goal)))
            .Where(line => line.Points.Count > 1)];
    }

    private static void Band(Plot plot, Line line, double opacity)
    {
        var points = line.Points.Where(point => point.Efficiency.Interval is { Low: > 0 }).ToArray();
        if (points.Length < 2) return;
        var band = plot.Add.FillY([.. points.Select(point => line.Sign * point.Target)],
            [.. points.Select(point => Math.Log10(point.Efficiency.Interval!.Low))], [.. points.Select(point => Math.Log10(point.Efficiency.Interval!.High))]);
        band.FillColor = line.Color.WithAlpha(opacity);
        band.LineWidth = 0;
    }

    /// <summary>All lines and 1, and of the intervals as much as helps.</summary>
    private static (double Low, double High) Range(Line[] lines)
    {
        var values = lines.SelectMany(line => line.Logs).Append(0).ToArray();
        var (least, most) = (values.Min() - Math.Log10(MostOfInterval), values.Max() + Math.Log10(MostOfInterval));
        var intervals = lines.SelectMany(line => line.Points).Select(point => point.Efficiency.Interval).OfType<Interval>().Where(interval => interval.Low > 0).ToArray();
        var low = intervals.Select(interval => Math.Max(least, Math.Log10(interval.Low))).Concat(values).Min();
        var high = intervals.Select(interval => Math.Min(most, Math.Log10(interval.High))).Concat(values).Max();
        var (center, half) = ((low + high) / 2, Math.Max((high - low) / 2, Math.Log10(LeastSpan)) * (1 + 2 * Margin));
        return (center - half, center + half);
    }

    private static void Legend(Plot plot, ChartTheme theme, Line[] lines, SweepSummary summary, bool hasTarget)
    {
        var items = plot.Legend.ManualItems;
        items.Add(Entry(summary.HasOneBaseline ? ChartLabel.Shorten(summary.Configurations[summary.Baseline].Label, LegendLabelLength) + " (baseline)" : "its baseline", theme.Ink));
        foreach (var line in lines) items.Add(Entry(ChartLabel.Shorten(line.Label, LegendLabelLength), line.Color));
        if (lines.Any(line => line.Points.Any(point => point.Efficiency.Interval is not null)))
            items.Add(new() { LabelText = "95% interval over seeds", FillColor = theme.Faint.WithAlpha(2 * BandOpacity) });
        if (hasTarget && summary.Target is { } target)
            items.Add(new() { LabelText = "target " + target.ToString("0.####", CultureInfo.InvariantCulture), LineColor = theme.Target, LineWidth = 1.5f, LinePattern = LinePattern.DenselyDashed });
        theme.ShowLegend(plot);
    }

    // Training goes to the right.
    private static int Sign(MetricGoal goal) => goal == MetricGoal.Minimize ? -1 : 1;

    private static LegendItem Entry(string label, Color color) => new() { LabelText = label, LineColor = color, LineWidth = 2 };

    private sealed record Line(string Label, Color Color, IReadOnlyList<(double Target, Efficiency Efficiency)> Points, int Sign)
    {
        public double[] Places { get; } = [.. Points.Select(point => Sign * point.Target)];

        public double[] Logs { get; } = [.. Points.Select(point => Math.Log10(point.Efficiency.Value))];
    }
}
