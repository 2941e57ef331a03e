using ScottPlot.Plottables;

namespace ScottPlot;

/// <summary>Adds things to a plot; what is added later is drawn over what was there.</summary>
public class PlottableAdder
{
    private readonly List<IPlottable> list;
    private int colorsTaken;

    internal PlottableAdder(List<IPlottable> list) => this.list = list;

    public IPalette Palette { get; set; } = new Palettes.Category10();

    public Scatter ScatterLine(double[] xs, double[] ys, Color? color = null)
    {
        var used = color ?? NextColor();
        return Add(new Scatter(xs, ys) { LineColor = used, MarkerFillColor = used, MarkerSize = 0 });
    }

    public Markers Markers(
        double[] xs, double[] ys, MarkerShape shape = MarkerShape.FilledCircle, float size = 10, Color? color = null) =>
        Add(new Markers(xs, ys) { MarkerShape = shape, MarkerSize = size, MarkerFillColor = color ?? NextColor() });

    public ErrorBar ErrorBar(IReadOnlyList<double> xs, IReadOnlyList<double> ys, IReadOnlyList<double> yErrors) =>
        Add(new ErrorBar(xs, ys, yErrors) { Color = NextColor() });

    public FillY FillY(double[] xs, double[] ys1, double[] ys2) => Add(new FillY(xs, ys1, ys2) { FillColor = NextColor() });

    public HorizontalLine HorizontalLine(double y, float width = 2, Color? color = null, LinePattern pattern = default) =>
        Add(new HorizontalLine { Y = y, LineWidth = width, LineColor = color ?? NextColor(), LinePattern = pattern });

    public VerticalLine VerticalLine(double x, float width = 2, Color? color = null, LinePattern pattern = default) =>
        Add(new VerticalLine { X = x, LineWidth = width, LineColor = color ?? NextColor(), LinePattern = pattern });

    public Rectangle Rectangle(double left, double right, double bottom, double top)
    {
        var color = NextColor();
        return Add(new Rectangle { X1 = left, X2 = right, Y1 = bottom, Y2 = top, LineColor = color, FillColor = color.WithAlpha(0.5) });
    }

    public Text Text(string text, double x, double y) => Add(new Text(x, y) { LabelText = text });

    private Color NextColor() => Palette.GetColor(colorsTaken++);

    private T Add<T>(T plottable) where T : IPlottable
    {
        list.Add(plottable);
        return plottable;
    }
}
