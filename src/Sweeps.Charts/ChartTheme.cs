using ScottPlot;

namespace Sweeps.Charts;

/// <summary>Colours of a chart, for paper and light pages or for dark ones.</summary>
public sealed record ChartTheme
{
    private const float TitleSize = 15;
    private const float LabelSize = 13;
    private const float TickSize = 12;

    /// <summary>Dark ink on white.</summary>
    public static ChartTheme Light { get; } = new()
    {
        Background = Color.FromHex("#ffffff"),
        Ink = Color.FromHex("#1f2328"),
        Faint = Color.FromHex("#6b7280"),
        Grid = Color.FromHex("#e6e8eb"),
        Other = Color.FromHex("#c3c8cf"),
        Target = Color.FromHex("#b42318"),
        RampLow = Color.FromHex("#eef2f7"),
        RampHigh = Color.FromHex("#0b3d75"),
        RampText = Color.FromHex("#ffffff"),
        Series = Colors("#1f77b4", "#e8710a", "#2a9d4a", "#c2359c", "#7d55c7", "#8c564b", "#0b93a5", "#9a8f0a", "#3b4ea8", "#d6569f"),
    };

    /// <summary>Light ink on a dark page.</summary>
    public static ChartTheme Dark { get; } = new()
    {
        Background = Color.FromHex("#15181d"),
        Ink = Color.FromHex("#e6e8eb"),
        Faint = Color.FromHex("#9aa3ad"),
        Grid = Color.FromHex("#2a2f37"),
        Other = Color.FromHex("#4a515c"),
        Target = Color.FromHex("#ff8a7a"),
        RampLow = Color.FromHex("#20262e"),
        RampHigh = Color.FromHex("#9ccdf5"),
        RampText = Color.FromHex("#0d1117"),
        Series = Colors("#5aa9e6", "#ff9f45", "#5fd08a", "#f07fd2", "#b794f6", "#c79a86", "#4fd6e3", "#d4c74a", "#8f9ff0", "#ff8fcf"),
    };

    /// <summary>Behind everything.</summary>
    public required Color Background { get; init; }

    /// <summary>Text, axes and the baseline.</summary>
    public required Color Ink { get; init; }

    /// <summary>Remarks.</summary>
    public required Color Faint { get; init; }

    /// <summary>Grid lines.</summary>
    public required Color Grid { get; init; }

    /// <summary>Configurations that are not singled out.</summary>
    public required Color Other { get; init; }

    /// <summary>The target loss.</summary>
    public required Color Target { get; init; }

    /// <summary>The worst value of a heat map; near the background.</summary>
    public required Color RampLow { get; init; }

    /// <summary>The best value of a heat map.</summary>
    public required Color RampHigh { get; init; }

    /// <summary>Text on the upper half of the ramp.</summary>
    public required Color RampText { get; init; }

    /// <summary>Configurations but the baseline, in the order of the sweep.</summary>
    public required IReadOnlyList<Color> Series { get; init; }

    /// <summary>An empty plot in these colours: open frame, no minor ticks, quiet grid.</summary>
    internal Plot NewPlot(string title)
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Background;
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Grid;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right])
        {
            axis.TickLabelStyle.FontSize = TickSize;
            axis.Label.FontSize = LabelSize;
            axis.Label.Bold = false;
            axis.MinorTickStyle.Length = 0;
        }

        plot.Title(ChartLabel.Shorten(title, ChartLabel.TitleLength), TitleSize);
        return plot;
    }

    /// <summary>Shows the entries that the plot's legend was given, to the right of the plot.</summary>
    internal void ShowLegend(Plot plot)
    {
        plot.Legend.FontSize = 12;
        plot.Legend.FontColor = Ink;
        plot.Legend.BackgroundColor = Background;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
        plot.ShowLegend(Edge.Right).Alignment = Alignment.UpperLeft;
    }

    /// <summary>A chart that has nothing to show yet and says so.</summary>
    internal Chart Empty(string title, string remark, int width, int height)
    {
        var plot = NewPlot(title);
        plot.HideGrid();
        plot.Axes.SetLimitsX(0, 1);
        plot.Axes.SetLimitsY(0, 1);
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual();
            axis.FrameLineStyle.Width = 0;
        }

        var text = plot.Add.Text(remark, 0.5, 0.5);
        text.LabelAlignment = Alignment.MiddleCenter;
        text.LabelFontColor = Faint;
        return new(plot, width, height);
    }

    private static Color[] Colors(params string[] hex) => [.. hex.Select(Color.FromHex)];
}
