namespace ScottPlot.Plottables;

/// <summary>A rectangle in the coordinates of the axes.</summary>
public class Rectangle : IPlottable
{
    internal Rectangle() { }

    public bool IsVisible { get; set; } = true;

    public double X1 { get; set; }

    public double X2 { get; set; }

    public double Y1 { get; set; }

    public double Y2 { get; set; }

    public Color FillColor { get; set; } = Colors.Transparent;

    public LineStyle LineStyle { get; set; } = new() { Width = 1 };

    public float LineWidth { get => LineStyle.Width; set => LineStyle.Width = value; }

    public Color LineColor { get => LineStyle.Color; set => LineStyle.Color = value; }

    Extent IPlottable.Extent => Extent.Of([X1, X2], [Y1, Y2]);

    void IPlottable.Render(Drawing drawing)
    {
        Pixel[] corners = [drawing.Pixel(X1, Y1), drawing.Pixel(X2, Y1), drawing.Pixel(X2, Y2), drawing.Pixel(X1, Y2)];
        drawing.Canvas.Polygon(corners, FillColor);
        drawing.Canvas.Polyline([.. corners, corners[0]], LineStyle);
    }
}
