using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Sweeps.Core.Gpt;
using Sweeps.Core.Statistics;

namespace Sweeps.Charts;

/// <summary>
/// The metric over the values of two parameters: each cell has the mean over all configurations with these two values, in numbers and as a
/// colour, the strongest for the best. The colours differ in lightness alone from end to end, so they can be told apart by everyone and in print.
/// </summary>
public static class HeatMapChart
{
    private const int Width = 960;
    private const int FrameHeight = 130;
    private const int RowHeight = 44;
    private const int MostColumns = 14;
    private const int MostRows = 24;
    private const int LabelLength = 24;
    private const double DarkFrom = 0.55;

    /// <summary>Draws the chart.</summary>
    /// <param name="title">The sweep's name or question.</param>
    /// <param name="summary">What was found.</param>
    /// <param name="across">Name of the parameter whose values are the columns.</param>
    /// <param name="down">Name of the parameter whose values are the rows.</param>
    /// <param name="theme">Colours; light ones when null.</param>
    public static Chart Draw(string title, SweepSummary summary, string across, string down, ChartTheme? theme = null)
    {
        theme ??= ChartTheme.Light;
        var (columns, rows) = (ParameterValues.Of(summary, across), ParameterValues.Of(summary, down));
        var height = FrameHeight + Math.Max(4, Math.Min(rows.Labels.Count, MostRows)) * RowHeight;
        if (columns.Labels.Count > MostColumns || rows.Labels.Count > MostRows)
            return theme.Empty(title, $"{across} and {down} have {columns.Labels.Count} and {rows.Labels.Count} values, too many for a table", Width, height);
        var cells = summary.Configurations.Where(configuration => configuration.Mean is { } mean && double.IsFinite(mean))
            .Select(configuration => (Column: columns.PlaceOf(configuration), Row: rows.PlaceOf(configuration), Mean: configuration.Mean!.Value))
            .Where(point => point is { Column: not null, Row: not null })
            .GroupBy(point => (Column: point.Column!.Value, Row: point.Row!.Value), point => point.Mean)
            .Select(cell => (cell.Key.Column, cell.Key.Row, Mean: cell.Average())).ToArray();
        if (cells.Length == 0) return theme.Empty(title, "No data yet", Width, height);

        var plot = theme.NewPlot(title);
        plot.HideGrid();
        var (low, high) = (cells.Min(cell => cell.Mean), cells.Max(cell => cell.Mean));
        var decimals = Decimals(high - low);
        foreach (var (column, row, mean) in cells)
        {
            var share = high > low ? (mean - low) / (high - low) : 0;
            if (summary.Goal == MetricGoal.Minimize) share = 1 - share;
            var y = rows.Labels.Count - 1 - row;
            var cell = plot.Add.Rectangle(column - 0.49, column + 0.49, y - 0.47, y + 0.47);
            (cell.FillColor, cell.LineWidth) = (Shade(theme, share), 0);
            var text = plot.Add.Text(mean.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), column, y);
            text.LabelAlignment = Alignment.MiddleCenter;
            text.LabelFontSize = 13;
            text.LabelFontColor = share > DarkFrom ? theme.RampText : theme.Ink;
        }

        plot.Axes.SetLimitsX(-0.5, columns.Labels.Count - 0.5);
        plot.Axes.SetLimitsY(-0.5, rows.Labels.Count - 0.5);
        plot.Axes.Bottom.TickGenerator = Labels(columns.Labels, Math.Max(5, 100 / columns.Labels.Count), isDown: false);
        plot.Axes.Left.TickGenerator = Labels(rows.Labels, LabelLength, isDown: true);
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.MajorTickStyle.Length = 0;
            axis.FrameLineStyle.Width = 0;
        }
        plot.XLabel($"{ChartLabel.Shorten(across, LabelLength)}      (numbers: mean {ChartLabel.Shorten(summary.Metric, LabelLength)}; the strongest colour is the best)");
        plot.YLabel(ChartLabel.Shorten(down, LabelLength));
        return new(plot, Width, height);
    }

    private static NumericManual Labels(IReadOnlyList<string> labels, int length, bool isDown) =>
        new([.. labels.Select((_, place) => (double)(isDown ? labels.Count - 1 - place : place))], [.. labels.Select(label => ChartLabel.Shorten(label, length))]);

    /// <summary>So many that the values can be told apart: three digits of the range, at most five.</summary>
    private static int Decimals(double range) => range > 0 ? Math.Clamp(2 - (int)Math.Floor(Math.Log10(range)), 0, 5) : 4;

    private static Color Shade(ChartTheme theme, double share)
    {
        byte Between(byte from, byte to) => (byte)Math.Round(from + (to - from) * share);
        var (from, to) = (theme.RampLow, theme.RampHigh);
        return new Color(Between(from.Red, to.Red), Between(from.Green, to.Green), Between(from.Blue, to.Blue));
    }
}
