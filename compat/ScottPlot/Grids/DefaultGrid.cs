namespace ScottPlot.Grids;

/// <summary>Lines behind the data at the major ticks.</summary>
public class DefaultGrid
{
    internal DefaultGrid()
    {
    }

    public bool IsVisible { get; set; } = true;

    /// <summary>The vertical lines, at the ticks of the x axis.</summary>
    public GridStyle XAxisStyle { get; set; } = new();

    /// <summary>The horizontal lines, at the ticks of the y axis.</summary>
    public GridStyle YAxisStyle { get; set; } = new();

    public Color MajorLineColor
    {
        get => XAxisStyle.MajorLineStyle.Color;
        set => XAxisStyle.MajorLineStyle.Color = YAxisStyle.MajorLineStyle.Color = value;
    }

    internal void Render(Drawing drawing)
    {
        if (!IsVisible) return;
        var (area, axes) = (drawing.Area, drawing.Axes);
        if (XAxisStyle.IsVisible)
            foreach (var x in MajorPixels(axes.Bottom, area))
                drawing.Canvas.Polyline([new(x, area.Top), new(x, area.Bottom)], XAxisStyle.MajorLineStyle);
        if (YAxisStyle.IsVisible)
            foreach (var y in MajorPixels(axes.Left, area))
                drawing.Canvas.Polyline([new(area.Left, y), new(area.Right, y)], YAxisStyle.MajorLineStyle);
    }

    private static IEnumerable<double> MajorPixels(IAxis axis, Box area) =>
        axis.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => axis.PixelOf(tick.Position, area));
}
