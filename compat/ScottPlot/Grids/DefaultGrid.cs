namespace ScottPlot.Grids;

/// <summary>Lines behind the data at the major ticks.</summary>
public class DefaultGrid
{
    private readonly LineStyle style = new() { Width = 1, Color = Colors.Black.WithAlpha(.1) };

    internal DefaultGrid()
    {
    }

    public bool IsVisible { get; set; } = true;

    public Color MajorLineColor { get => style.Color; set => style.Color = value; }

    internal void Render(Drawing drawing)
    {
        if (!IsVisible) return;
        var (area, axes) = (drawing.Area, drawing.Axes);
        foreach (var x in MajorPixels(axes.Bottom, area)) drawing.Canvas.Polyline([new(x, area.Top), new(x, area.Bottom)], style);
        foreach (var y in MajorPixels(axes.Left, area)) drawing.Canvas.Polyline([new(area.Left, y), new(area.Right, y)], style);
    }

    private static IEnumerable<double> MajorPixels(IAxis axis, Box area) =>
        axis.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => axis.PixelOf(tick.Position, area));
}
