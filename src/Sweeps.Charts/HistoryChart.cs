using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Sweeps.Charts;

/// <summary>What a night was compared with those before it.</summary>
public enum NightStanding
{
    /// <summary>Not told from those before.</summary>
    Usual,

    /// <summary>Worse than those before.</summary>
    Regression,

    /// <summary>Better than those before.</summary>
    Improvement,
}

/// <summary>One configuration in one night of a nightly job.</summary>
/// <param name="Night">When it was to begin, in the zone of its date.</param>
/// <param name="Mean">Mean of the metric over seeds; null when no run finished.</param>
/// <param name="Low">Lower end of its 95% interval, with two seeds of their range, or null.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="Standing">How it compares.</param>
public sealed record NightPoint(DateTimeOffset Night, double? Mean, double? Low = null, double? High = null, NightStanding Standing = NightStanding.Usual);

/// <summary>One configuration over the nights.</summary>
/// <param name="Label">What it is called.</param>
/// <param name="IsBaseline">Whether the others are compared with it.</param>
/// <param name="Nights">Oldest first.</param>
public sealed record NightCurve(string Label, bool IsBaseline, IReadOnlyList<NightPoint> Nights);

/// <summary>A nightly job's metric, night by night: one line for each configuration, regressions marked and nights without a result said so.</summary>
public static class HistoryChart
{
    private const int Width = 960;
    private const int Height = 540;
    private const int MostTicks = 9;
    private const int MostNightLabels = 10;
    private const int LegendLabelLength = 34;
    private const float MarkSize = 15;
    private const double Margin = 0.1;

    /// <summary>Draws the chart.</summary>
    /// <param name="title">The job's name.</param>
    /// <param name="curves">Configurations in the order of the sweep, at most as many as the theme has colours.</param>
    /// <param name="metric">What was measured.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    public static Chart Draw(string title, IReadOnlyList<NightCurve> curves, string metric, ChartTheme? theme = null)
    {
        theme ??= ChartTheme.Light;
        var nights = curves.SelectMany(curve => curve.Nights).Select(night => night.Night).Distinct().Order().ToArray();
        var values = curves.SelectMany(curve => curve.Nights).SelectMany(night => new[] { night.Mean, night.Low, night.High }).OfType<double>().Where(double.IsFinite).ToArray();
        if (values.Length == 0) return theme.Empty(title, "No night yet", Width, Height);

        var places = nights.Select((night, place) => (night, place)).ToDictionary(pair => pair.night, pair => (double)pair.place);
        var plot = theme.NewPlot(title);
        var colors = ConfigurationColors.Of([.. curves.Select(curve => (curve.IsBaseline, (double?)0))], theme);
        foreach (var (curve, color) in curves.Zip(colors)) Line(plot, theme, curve, color, places);
        Failed(plot, theme, curves, places, values.Min());

        var span = values.Max() > values.Min() ? values.Max() - values.Min() : Math.Max(0.05, Math.Abs(values.Max()) * 0.05);
        var (low, high) = (values.Min() - span * Margin, values.Max() + span * Margin);
        plot.Axes.SetLimitsY(low, high);
        plot.Axes.SetLimitsX(-0.5, Math.Max(1, nights.Length - 0.5));
        plot.Axes.Left.TickGenerator = Ticks.Decimal(low, high, MostTicks);
        var every = (nights.Length + MostNightLabels - 1) / MostNightLabels;
        // The newest night always has its label.
        var labelled = nights.Where((_, place) => (nights.Length - 1 - place) % every == 0).ToArray();
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. labelled.Select(night => places[night])], [.. labelled.Select(night => night.ToString("d MMM", CultureInfo.InvariantCulture))]);
        plot.XLabel("Night");
        plot.YLabel(ChartLabel.Shorten(metric, LegendLabelLength));
        Legend(plot, theme, curves, colors);
        return new(plot, Width, Height);
    }

    private static void Line(Plot plot, ChartTheme theme, NightCurve curve, Color color, Dictionary<DateTimeOffset, double> places)
    {
        var known = curve.Nights.Where(night => night.Mean is { } mean && double.IsFinite(mean)).ToArray();
        foreach (var night in known.Where(night => night.Standing != NightStanding.Usual))
            plot.Add.Markers((double[])[places[night.Night]], (double[])[night.Mean!.Value], MarkerShape.FilledCircle, MarkSize, MarkOf(theme, night.Standing));
        foreach (var night in known.Where(night => night is { Low: not null, High: not null }))
        {
            var bar = plot.Add.ErrorBar([places[night.Night]], [night.Mean!.Value], [0]);
            (bar.YErrorNegative, bar.YErrorPositive) = ([night.Mean.Value - night.Low!.Value], [night.High!.Value - night.Mean.Value]);
            (bar.Color, bar.LineWidth, bar.CapSize) = (color.WithAlpha(0.5), 1.5f, 3);
        }
        var line = plot.Add.ScatterLine([.. known.Select(night => places[night.Night])], [.. known.Select(night => night.Mean!.Value)], color);
        (line.LineWidth, line.MarkerSize) = (curve.IsBaseline ? 2.5f : 1.5f, 6);
    }

    private static void Failed(Plot plot, ChartTheme theme, IReadOnlyList<NightCurve> curves, Dictionary<DateTimeOffset, double> places, double low)
    {
        foreach (var night in curves.SelectMany(curve => curve.Nights).Where(night => night.Mean is null).Select(night => night.Night).Distinct())
        {
            var text = plot.Add.Text("no result", places[night], low);
            text.LabelAlignment = Alignment.MiddleCenter;
            text.LabelFontColor = theme.Target;
            text.LabelFontSize = 11;
            text.LabelItalic = true;
        }
    }

    private static void Legend(Plot plot, ChartTheme theme, IReadOnlyList<NightCurve> curves, IReadOnlyList<Color> colors)
    {
        var items = plot.Legend.ManualItems;
        foreach (var (curve, color) in curves.Zip(colors))
            items.Add(new() { LabelText = ChartLabel.Shorten(curve.Label, LegendLabelLength) + (curve.IsBaseline ? " (baseline)" : ""), LineColor = color, LineWidth = 2 });
        foreach (var standing in new[] { NightStanding.Regression, NightStanding.Improvement })
            if (curves.Any(curve => curve.Nights.Any(night => night.Standing == standing)))
                items.Add(new() { LabelText = standing.ToString().ToLowerInvariant(), FillColor = MarkOf(theme, standing) });
        theme.ShowLegend(plot);
    }

    private static Color MarkOf(ChartTheme theme, NightStanding standing) => (standing == NightStanding.Regression ? theme.Target : theme.Series[0]).WithAlpha(0.35);
}
