using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>
/// The sweep's metric, most often the validation loss, against training tokens, steps or seconds: one line per configuration, the 95% interval over its seeds
/// (of two seeds: their range) shaded, the baseline in ink, the target dashed. The axis shows the part of training in which configurations
/// differ, not the way from the initial value.
/// </summary>
public static class LossChart
{
    private const int Width = 960;
    private const int Height = 540;
    private const int MostTicks = 9;
    private const int LegendLabelLength = 34;
    private const int MarkersUpTo = 30;
    private const double EdgeShare = 0.015;
    private const double EarlyShare = 0.25;
    private const double Headroom = 1.1;
    private const double FarWorse = 2;
    private const double Margin = 0.06;
    private const double BandOpacity = 0.16;
    private const int BandsOfFullOpacity = 4;

    /// <summary>Draws the chart of a sweep, finished or not.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="summary">What was found.</param>
    /// <param name="runs">The validations of its runs, as many as there are.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    /// <param name="cost">What it is drawn against; tokens when null, or steps where tokens are not counted.</param>
    public static Chart Draw(
        string title, SweepSummary summary, IReadOnlyList<RunCurve> runs, ChartTheme? theme = null, TrainingCost? cost = null)
    {
        var axis = cost ?? LossCurve.CostOf(summary);
        return Draw(title, LossCurve.Of(summary, runs, axis), summary.Target, summary.Metric, theme, summary.Goal, axis);
    }

    /// <summary>Draws the chart.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="curves">Configurations in the order of the sweep.</param>
    /// <param name="target">The target, where there is one.</param>
    /// <param name="metric">What was measured, for the axis.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    /// <param name="goal">Which values are good.</param>
    /// <param name="cost">What the curves are drawn against.</param>
    public static Chart Draw(
        string title, IReadOnlyList<LossCurve> curves, double? target = null, string metric = "Validation loss", ChartTheme? theme = null,
        MetricGoal goal = MetricGoal.Minimize, TrainingCost cost = TrainingCost.Tokens)
    {
        theme ??= ChartTheme.Light;
        var lines = curves.Select((curve, i) => new Line(curve, Finite(curve), i)).Where(line => line.Points.Count > 0).ToArray();
        if (lines.Length == 0) return theme.Empty(title, "No data yet", Width, Height);

        var plot = theme.NewPlot(title);
        var (low, high) = ValueRange(lines, target, goal);
        var places = ConfigurationColors.Places([.. curves.Select(curve => (curve.IsBaseline, Cost(curve, goal)))], theme);
        var shown = lines.Where(line => places[line.Order] is not null).Select(line => line with { Color = theme.Series[places[line.Order]!.Value] }).ToArray();
        Paint(plot, theme, lines, shown, target);
        Legend(plot, theme, lines, shown, target, low, high);

        var most = lines.Max(line => line.Points[^1].Cost);
        var edge = most > 0 ? most * EdgeShare : 1;
        plot.Axes.SetLimitsX(-edge, most + edge);
        plot.Axes.SetLimitsY(low, high);
        plot.Axes.Bottom.TickGenerator = most > 0 ? new NumericAutomatic { LabelFormatter = Ticks.Amount(most) } : new NumericManual([0], ["0"]);
        plot.Axes.Left.TickGenerator = Ticks.Decimal(low, high, MostTicks);
        plot.XLabel($"Training {cost.ToString().ToLowerInvariant()}");
        plot.YLabel(ChartLabel.Shorten(metric, LegendLabelLength));
        return new(plot, Width, Height);
    }

    private static List<LossCurvePoint> Finite(LossCurve curve) =>
        [.. curve.Points.TakeWhile(point => double.IsFinite(point.Mean)).Where(point => double.IsFinite(point.Cost))];

    /// <summary>
    /// From just beyond the best mean to the values after the first quarter of training, with headroom. Configurations that are
    /// far worse than the median one (they diverged) must not press the others together and stay outside; baseline and target are always in.
    /// </summary>
    private static (double Low, double High) ValueRange(Line[] lines, double? target, MetricGoal goal)
    {
        // As costs, of which the lowest is the best.
        double Cost(double value) => goal == MetricGoal.Minimize ? value : -value;
        var most = lines.Max(line => line.Points[^1].Cost);
        var bottom = lines.Min(line => line.Points.Min(point => Cost(point.Mean)));
        var highest = lines.Max(line => line.Points.Max(point => Cost(point.Mean)));
        var later = lines.Select(line => line.Points.Where(point => point.Cost >= most * EarlyShare).Select(point => Cost(point.Mean))
            .DefaultIfEmpty(Cost(line.Points[^1].Mean)).Max()).Order().ToArray();
        var median = later[later.Length / 2];
        var usual = later.Last(cost => cost <= median + FarWorse * (median - bottom));
        double[] always =
        [
            .. target is { } wanted && double.IsFinite(wanted) ? [Cost(wanted)] : Array.Empty<double>(),
            .. lines.Where(line => line.Curve.IsBaseline).Select(line => Cost(line.Points[^1].Mean)),
        ];

        var top = always.Append(Math.Min(highest, bottom + (usual - bottom) * Headroom)).Max();
        bottom = always.Append(bottom).Min();
        var margin = top > bottom ? (top - bottom) * Margin : Math.Max(0.05, Math.Abs(top) * 0.05);
        return goal == MetricGoal.Minimize ? (bottom - margin, top + margin) : (-top - margin, -bottom + margin);
    }

    /// <summary>The last value as a cost, lower being better; null for a configuration that diverged or has no value.</summary>
    private static double? Cost(LossCurve curve, MetricGoal goal) => curve.Points.Count == 0 || curve.Points.Any(point => !double.IsFinite(point.Mean)) ? null
        : goal == MetricGoal.Minimize ? curve.Points[^1].Mean : -curve.Points[^1].Mean;

    private static void Paint(Plot plot, ChartTheme theme, Line[] lines, Line[] shown, double? target)
    {
        var baselines = lines.Where(line => line.Curve.IsBaseline).ToArray();
        foreach (var line in lines.Where(line => shown.All(other => other.Order != line.Order)).Except(baselines)) Stroke(plot, line, theme.Other, 1);
        // Of many, paler: bands that lie upon each other would become a dark one.
        var opacity = BandOpacity * Math.Min(1, BandsOfFullOpacity / (double)(shown.Length + baselines.Length));
        foreach (var line in shown) Band(plot, line, line.Color, opacity);
        foreach (var line in baselines) Band(plot, line, theme.Ink, opacity);
        if (target is { } goal && double.IsFinite(goal)) plot.Add.HorizontalLine(goal, 1.5f, theme.Target, LinePattern.DenselyDashed);
        foreach (var line in shown) Stroke(plot, line, line.Color, 2);
        foreach (var line in baselines) Stroke(plot, line, theme.Ink, 3);
    }

    private static void Stroke(Plot plot, Line line, Color color, float width)
    {
        double[] costs = [.. line.Points.Select(point => point.Cost)];
        double[] losses = [.. line.Points.Select(point => point.Mean)];
        var scatter = plot.Add.ScatterLine(costs, losses, color);
        scatter.LineWidth = width;
        if (line.Points.Count <= MarkersUpTo && width > 1) scatter.MarkerSize = width + 3;
    }

    private static void Band(Plot plot, Line line, Color color, double opacity)
    {
        var points = BandPoints(line);
        if (points.Length < 2) return;
        var band = plot.Add.FillY(
            [.. points.Select(point => point.Cost)], [.. points.Select(point => point.Low!.Value)], [.. points.Select(point => point.High!.Value)]);
        band.FillColor = color.WithAlpha(opacity);
        band.LineWidth = 0;
    }

    private static LossCurvePoint[] BandPoints(Line line) =>
        [.. line.Points.Where(point => point is { Low: { } low, High: { } high } && double.IsFinite(low) && double.IsFinite(high))];

    private static void Legend(Plot plot, ChartTheme theme, Line[] lines, Line[] shown, double? target, double low, double high)
    {
        var items = plot.Legend.ManualItems;
        var baselines = lines.Where(line => line.Curve.IsBaseline).ToArray();
        foreach (var line in baselines) items.Add(Entry(Label(line, low, high, " (baseline)"), theme.Ink, 3));
        foreach (var line in shown) items.Add(Entry(Label(line, low, high, ""), line.Color, 2));
        var rest = lines.Length - baselines.Length - shown.Length;
        if (rest > 0) items.Add(Entry($"{rest} others", theme.Other, 1));
        var bands = shown.Concat(baselines).Select(BandPoints).Where(points => points.Length > 1).ToArray();
        if (bands.Length > 0) items.Add(new() { LabelText = BandLabel(bands), FillColor = theme.Faint.WithAlpha(2 * BandOpacity) });
        if (target is { } goal && double.IsFinite(goal))
        {
            var entry = Entry("target " + goal.ToString("0.####", CultureInfo.InvariantCulture), theme.Target, 1.5f);
            entry.LinePattern = LinePattern.DenselyDashed;
            items.Add(entry);
        }

        theme.ShowLegend(plot);
    }

    private static string BandLabel(LossCurvePoint[][] bands)
    {
        var ranges = bands.Count(points => points.Any(point => point.IsRange));
        return ranges == 0 ? "95% interval over seeds" : ranges == bands.Length ? "range of two seeds" : "95% interval, or range of two seeds";
    }

    private static LegendItem Entry(string label, Color color, float width) => new() { LabelText = label, LineColor = color, LineWidth = width };

    private static string Label(Line line, double low, double high, string suffix) =>
        ChartLabel.Shorten(line.Curve.Label, LegendLabelLength) + suffix
        + (line.Diverged ? " (diverged)" : line.Points.All(point => point.Mean > high) ? " (above)" : line.Points.All(point => point.Mean < low) ? " (below)" : "");

    private sealed record Line(LossCurve Curve, List<LossCurvePoint> Points, int Order)
    {
        public Color Color { get; init; }

        /// <summary>The metric became infinite or not a number.</summary>
        public bool Diverged => Curve.Points.Any(point => !double.IsFinite(point.Mean));
    }
}
