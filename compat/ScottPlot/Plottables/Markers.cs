namespace ScottPlot.Plottables;

/// <summary>A marker at each point, and no line.</summary>
public class Markers : IPlottable
{
    private readonly double[] xs;
    private readonly double[] ys;

    internal Markers(double[] xs, double[] ys)
    {
        if (xs.Length != ys.Length) throw new ArgumentException($"{nameof(xs)} and {nameof(ys)} must have equal length");
        (this.xs, this.ys) = (xs, ys);
    }

    public bool IsVisible { get; set; } = true;

    public MarkerShape MarkerShape { get; set; }

    public float MarkerSize { get; set; }

    public Color MarkerFillColor { get; set; }

    Extent IPlottable.Extent => Extent.Of(xs, ys);

    void IPlottable.Render(Drawing drawing)
    {
        foreach (var (x, y) in xs.Zip(ys))
            drawing.Canvas.Marker(drawing.Pixel(x, y), MarkerShape, MarkerSize, MarkerFillColor);
    }
}
