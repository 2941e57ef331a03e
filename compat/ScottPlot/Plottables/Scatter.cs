namespace ScottPlot.Plottables;

/// <summary>Points joined by a line, with a marker at each; size or width 0 leaves either out.</summary>
public class Scatter : IPlottable
{
    private readonly double[] xs;
    private readonly double[] ys;

    internal Scatter(double[] xs, double[] ys)
    {
        if (xs.Length != ys.Length) throw new ArgumentException($"{nameof(xs)} and {nameof(ys)} must have equal length");
        (this.xs, this.ys) = (xs, ys);
    }

    public bool IsVisible { get; set; } = true;

    public LineStyle LineStyle { get; set; } = new() { Width = 1 };

    public float LineWidth { get => LineStyle.Width; set => LineStyle.Width = value; }

    public Color LineColor { get => LineStyle.Color; set => LineStyle.Color = value; }

    public float MarkerSize { get; set; } = 5;

    public MarkerShape MarkerShape { get; set; } = MarkerShape.FilledCircle;

    public Color MarkerFillColor { get; set; } = Colors.Black;

    Extent IPlottable.Extent => Extent.Of(xs, ys);

    void IPlottable.Render(Drawing drawing)
    {
        var points = xs.Zip(ys, drawing.Pixel).ToArray();
        drawing.Canvas.Polyline(points, LineStyle);
        foreach (var point in points) drawing.Canvas.Marker(point, MarkerShape, MarkerSize, MarkerFillColor);
    }
}
