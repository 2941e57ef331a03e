namespace ScottPlot.Plottables;

/// <summary>A line at one x.</summary>
public class VerticalLine : AxisLine
{
    public double X { get => Position; set => Position = value; }

    private protected override Extent Extent => Extent.Of([X], []);

    private protected override void Render(Drawing drawing)
    {
        var x = drawing.Pixel(X, 0).X;
        drawing.Canvas.Polyline([new(x, drawing.Area.Top), new(x, drawing.Area.Bottom)], LineStyle);
    }
}
