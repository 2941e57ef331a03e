using ScottPlot.Grids;
using ScottPlot.Panels;

namespace ScottPlot;

/// <summary>A figure: what was added to it, its axes, title and legend; drawn as SVG.</summary>
public class Plot : IDisposable
{
    private const double LegendPanelPadding = 10;
    private const int LayoutPasses = 3;

    private readonly List<IPlottable> plottables = [];
    private LegendPanel? legendPanel;

    public Plot() => Add = new(plottables);

    public PlottableAdder Add { get; }

    public AxisManager Axes { get; } = new();

    public DefaultGrid Grid { get; } = new();

    public Legend Legend { get; } = new();

    public BackgroundStyle FigureBackground = new() { Color = Colors.White };

    public void Title(string? text = null, float? size = null) => Set(Axes.Title.Label, text ?? Axes.Title.Label.Text, size);

    public void XLabel(string label, float? size = null) => Set(Axes.Bottom.Label, label, size);

    public void YLabel(string label, float? size = null) => Set(Axes.Left.Label, label, size);

    public void HideGrid() => Grid.IsVisible = false;

    /// <summary>Puts the legend beside the data area. Only the right edge is here; the package has all four.</summary>
    public LegendPanel ShowLegend(Edge edge)
    {
        if (edge != Edge.Right) throw new NotSupportedException($"A legend at the edge {edge} is not part of this stand-in.");
        return legendPanel = new(Legend);
    }

    /// <summary>The figure as an SVG document.</summary>
    public string GetSvgXml(int width, int height)
    {
        if (width < 1) throw new ArgumentException($"{nameof(width)} must be greater than 0");
        if (height < 1) throw new ArgumentException($"{nameof(height)} must be greater than 0");

        var visible = plottables.Where(plottable => plottable.IsVisible).ToArray();
        Axes.AutoScale(visible.Aggregate(Extent.Empty, (extent, plottable) => extent.And(plottable.Extent)));
        var area = Layout(width, height);
        var canvas = new SvgCanvas(width, height);
        var drawing = new Drawing(canvas, area, Axes);

        canvas.Rectangle(new(0, 0, width, height), FigureBackground.Color);
        Grid.Render(drawing);
        canvas.BeginClip(area);
        foreach (var plottable in visible) plottable.Render(drawing);
        canvas.EndClip();
        foreach (var axis in Axes.All) axis.Render(canvas, area);
        Axes.Title.Render(canvas, area);
        if (legendPanel is not null) Legend.Render(canvas, LegendBox(legendPanel, area, width));
        return canvas.ToString();
    }

    /// <summary>Writes the figure to an SVG file.</summary>
    public SavedImageInfo SaveSvg(string filePath, int width, int height)
    {
        var xml = GetSvgXml(width, height);
        File.WriteAllText(filePath, xml);
        return new(filePath, xml.Length);
    }

    /// <summary>Nothing is held here; the package's plots hold pictures.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    private static void Set(LabelStyle label, string text, float? size)
    {
        label.Text = text;
        label.FontSize = size ?? label.FontSize;
    }

    /// <summary>Ticks depend on the room that is left for the data, and the room on the width of tick labels: a few rounds settle it.</summary>
    private Box Layout(int width, int height)
    {
        var area = new Box(0, 0, width, height);
        for (var pass = 0; pass < LayoutPasses; pass++)
        {
            foreach (var axis in Axes.All) axis.RegenerateTicks(area);
            var overhang = Axes.BottomPanel.Overhang;
            var (top, bottom) = (Axes.TopPanel.Size + Axes.Title.Size, height - Axes.BottomPanel.Size);
            var legend = legendPanel is null ? 0 : LegendPanelPadding * 2 + Legend.Measure(bottom - top).Width;
            var left = Math.Max(Axes.LeftPanel.Size, overhang);
            var right = width - Math.Max(Axes.RightPanel.Size + legend, overhang);
            area = new(left, top, Math.Max(right, left + 1), Math.Max(bottom, top + 1));
        }

        foreach (var axis in Axes.All) axis.RegenerateTicks(area);
        return area;
    }

    private Box LegendBox(LegendPanel panel, Box area, double width)
    {
        var size = Legend.Measure(area.Height);
        var (from, to) = (area.Right + Axes.RightPanel.Size + LegendPanelPadding, width - LegendPanelPadding);
        var left = from + (to - from - size.Width) * panel.Alignment.Horizontal();
        var top = area.Top + (area.Height - size.Height) * panel.Alignment.Vertical();
        return new(left, top, left + size.Width, top + size.Height);
    }
}
