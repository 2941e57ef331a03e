namespace ScottPlot.Plottables;

/// <summary>A line at one y.</summary>
public class HorizontalLine : AxisLine
{
    public double Y { get => Position; set => Position = value; }

    private protected override Extent Extent => Extent.Of([], [Y]);

    private protected override void Render(Drawing drawing)
    {
        var y = drawing.Pixel(0, Y).Y;
        drawing.Canvas.Polyline([new(drawing.Area.Left, y), new(drawing.Area.Right, y)], LineStyle);
    }
}
