namespace ScottPlot.Plottables;

/// <summary>The area between two curves that share their x values.</summary>
public class FillY : IPlottable
{
    private readonly double[] xs;
    private readonly double[] ys1;
    private readonly double[] ys2;

    internal FillY(double[] xs, double[] ys1, double[] ys2) => (this.xs, this.ys1, this.ys2) = (xs, ys1, ys2);

    public bool IsVisible { get; set; } = true;

    public Color FillColor { get; set; } = Colors.Transparent;

    public LineStyle LineStyle { get; set; } = new() { Width = 1 };

    public float LineWidth { get => LineStyle.Width; set => LineStyle.Width = value; }

    Extent IPlottable.Extent => Extent.Of(xs, ys1.Concat(ys2));

    void IPlottable.Render(Drawing drawing)
    {
        var outline = xs.Zip(ys1, drawing.Pixel).Concat(xs.Zip(ys2, drawing.Pixel).Reverse()).ToArray();
        drawing.Canvas.Polygon(outline, FillColor);
        if (outline.Length > 0) drawing.Canvas.Polyline([.. outline, outline[0]], LineStyle);
    }
}
