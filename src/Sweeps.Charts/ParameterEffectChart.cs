using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>
/// The effect of one parameter: for each of its values the mean of the metric over all configurations that have it, with its 95% interval, and
/// behind it the configurations themselves. Where the dots of a value lie far apart, other parameters matter more than this one.
/// </summary>
public static class ParameterEffectChart
{
    private const int Width = 960;
    private const int Height = 540;
    private const int MostTicks = 9;
    private const int MostValues = 24;
    private const int LabelLength = 24;
    private const double LogarithmicFrom = 30;
    private const double LogarithmicMiddle = 0.25;
    private const double FarWorse = 4;
    private const double Aside = 0.14;
    private const double Margin = 0.08;

    /// <summary>Whether the values of a parameter can be drawn: few of any kind, or numbers.</summary>
    public static bool CanDraw(SweepSummary summary, string parameter) => ParameterValues.Of(summary, parameter).Labels.Count <= MostValues || AreNumbers(summary, parameter);

    /// <summary>Draws the chart.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="summary">What was found.</param>
    /// <param name="parameter">Name of a parameter that varies.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    public static Chart Draw(string title, SweepSummary summary, string parameter, ChartTheme? theme = null)
    {
        theme ??= ChartTheme.Light;
        var values = ParameterValues.Of(summary, parameter);
        var measured = summary.Configurations.Where(configuration => configuration.Mean is { } mean && double.IsFinite(mean))
            .Select(configuration => (Configuration: configuration, Place: values.PlaceOf(configuration), Mean: configuration.Mean!.Value))
            .Where(point => point.Place is not null).ToArray();
        if (measured.Length == 0) return theme.Empty(title, "No data yet", Width, Height);
        if (values.Labels.Count > MostValues)
            return AreNumbers(summary, parameter) ? Scattered(title, summary, parameter, theme)
                : theme.Empty(title, $"{parameter} has {values.Labels.Count} values, too many to set side by side", Width, Height);

        var plot = theme.NewPlot(title);
        var groups = measured.GroupBy(point => point.Place!.Value).Select(group => (Place: group.Key, Sample: Sample.Of([.. group.Select(point => point.Mean)]))).ToArray();
        // Configurations at the side of their mean, so that both can be seen.
        foreach (var (configuration, place, mean) in measured)
            plot.Add.Markers((double[])[place!.Value - Aside], (double[])[mean], MarkerShape.FilledCircle, 7,
                configuration.IsBaseline ? theme.Ink : theme.Other);
        var (low, high) = (measured.Min(point => point.Mean), measured.Max(point => point.Mean));
        var span = high > low ? high - low : Math.Max(0.05, Math.Abs(high) * 0.05);
        (low, high) = (low - span * 0.5, high + span * 0.5);
        foreach (var (place, sample) in groups)
        {
            // Of few configurations the interval says little; one that is wider than all values says that other parameters matter more, as the dots do.
            if (IsTold(sample, span) && sample.Interval() is { } interval)
            {
                var bar = plot.Add.ErrorBar([place], [sample.Mean], [interval.High - sample.Mean]);
                (bar.Color, bar.LineWidth, bar.CapSize) = (theme.Series[0], 2, 5);
            }
            plot.Add.Markers((double[])[place], (double[])[sample.Mean], MarkerShape.FilledCircle, 11, theme.Series[0]);
        }

        plot.Axes.SetLimitsX(-0.6, values.Labels.Count - 0.4);
        plot.Axes.SetLimitsY(low - span * Margin, high + span * Margin);
        plot.Axes.Left.TickGenerator = Ticks.Decimal(low, high, MostTicks);
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. values.Labels.Select((_, place) => (double)place)], [.. values.Labels.Select(label => ChartLabel.Shorten(label, Math.Max(6, LabelLength * 5 / (values.Labels.Count + 2))))]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.XLabel(ChartLabel.Shorten(parameter, LabelLength));
        plot.YLabel(ChartLabel.Shorten(summary.Metric, LabelLength));
        var items = plot.Legend.ManualItems;
        items.Add(new() { LabelText = Counts([.. groups.Select(group => group.Sample.Count)], groups.Any(group => IsTold(group.Sample, span))), LineColor = theme.Series[0], LineWidth = 3 });
        items.Add(new() { LabelText = "one configuration", LineColor = theme.Other, LineWidth = 3 });
        if (measured.Any(point => point.Configuration.IsBaseline)) items.Add(new() { LabelText = summary.HasOneBaseline ? "the baseline" : "baselines", LineColor = theme.Ink, LineWidth = 3 });
        theme.ShowLegend(plot);
        return new(plot, Width, Height);
    }

    /// <summary>Of a number with many values, most often one that a search draws: each configuration at its value, on a logarithmic axis where the values span decades.</summary>
    private static Chart Scattered(string title, SweepSummary summary, string parameter, ChartTheme theme)
    {
        var measured = summary.Configurations.Where(configuration => configuration.Mean is { } mean && double.IsFinite(mean) && configuration.Parameters.ContainsKey(parameter))
            .Select(configuration => (Configuration: configuration, Value: configuration.Parameters[parameter].AsDouble!.Value, Mean: configuration.Mean!.Value)).ToArray();
        var (first, last) = (measured.Min(point => point.Value), measured.Max(point => point.Value));
        // Spread over decades, and not over the upper one alone as even draws are.
        var isLogarithmic = first > 0 && last / first >= LogarithmicFrom && measured.Select(point => point.Value).Order().ElementAt(measured.Length / 2) <= last * LogarithmicMiddle;
        double Place(double value) => isLogarithmic ? Math.Log10(value) : value;
        var plot = theme.NewPlot(title);
        var colors = ConfigurationColors.Of(summary, theme);
        var places = ConfigurationColors.Places(summary, theme);
        // Those with a colour of their own in front.
        foreach (var (configuration, value, mean) in measured.OrderBy(point => places[point.Configuration.Index] is not null || point.Configuration.IsBaseline))
            plot.Add.Markers((double[])[Place(value)], (double[])[mean], MarkerShape.FilledCircle, 9, colors[configuration.Index]);
        // Single configurations that are far worse than most would press all else together.
        double[] costs = [.. measured.Select(point => summary.Goal == MetricGoal.Minimize ? point.Mean : -point.Mean).Order()];
        var usual = costs[costs.Length / 2] + FarWorse * (costs[costs.Length / 2] - costs[0]);
        double[] shown = [.. measured.Select(point => point.Mean).Where(mean => (summary.Goal == MetricGoal.Minimize ? mean : -mean) <= usual)];
        var (low, high) = (shown.Min(), shown.Max());
        var span = high > low ? high - low : Math.Max(0.05, Math.Abs(high) * 0.05);
        plot.Axes.SetLimitsY(low - span * Margin, high + span * Margin);
        plot.Axes.Left.TickGenerator = Ticks.Decimal(low - span * Margin, high + span * Margin, MostTicks);
        var edge = (Place(last) - Place(first)) * 0.03;
        plot.Axes.SetLimitsX(Place(first) - edge, Place(last) + edge);
        plot.Axes.Bottom.TickGenerator = isLogarithmic ? Ticks.Logarithmic(first, last, MostTicks) : Ticks.Decimal(first, last, MostTicks);
        plot.XLabel(ChartLabel.Shorten(parameter, LabelLength));
        plot.YLabel(ChartLabel.Shorten(summary.Metric, LabelLength));
        var items = plot.Legend.ManualItems;
        var coloured = places.Count(place => place is not null);
        if (measured.Any(point => point.Configuration.IsBaseline)) items.Add(new() { LabelText = summary.HasOneBaseline ? "the baseline" : "baselines", LineColor = theme.Ink, LineWidth = 3 });
        items.Add(new() { LabelText = $"the best {coloured}, in the colours of the curves", LineColor = theme.Series[0], LineWidth = 3 });
        items.Add(new() { LabelText = "one configuration", LineColor = theme.Other, LineWidth = 3 });
        if (shown.Length < measured.Length) items.Add(new() { LabelText = $"{measured.Length - shown.Length} beyond the axis", LineColor = ScottPlot.Colors.Transparent, LineWidth = 1 });
        theme.ShowLegend(plot);
        return new(plot, Width, Height);
    }

    private static bool AreNumbers(SweepSummary summary, string parameter) =>
        summary.Configurations.All(configuration => configuration.Parameters.GetValueOrDefault(parameter) is not { } value || value.AsDouble is not null);

    private static bool IsTold(Sample sample, double span) => sample.Count > 2 && sample.Interval() is { } interval && interval.High - interval.Low <= 2 * span;

    private static string Counts(int[] counts, bool hasIntervals)
    {
        var (least, most) = (counts.Min(), counts.Max());
        var count = least == most ? most.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{least}-{most}");
        return most == 1 ? "mean" : $"mean of {count}{(hasIntervals ? ", 95% interval" : "")}";
    }
}
