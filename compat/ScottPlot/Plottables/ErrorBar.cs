namespace ScottPlot.Plottables;

/// <summary>Lines from each point to the ends of its errors, with a cap at each end. Errors are distances, not places.</summary>
public class ErrorBar : IPlottable
{
    internal ErrorBar(IReadOnlyList<double> xs, IReadOnlyList<double> ys, IReadOnlyList<double> yErrors) =>
        (Xs, Ys, YErrorPositive, YErrorNegative) = (xs, ys, yErrors, yErrors);

    public bool IsVisible { get; set; } = true;

    public IReadOnlyList<double> Xs { get; set; }

    public IReadOnlyList<double> Ys { get; set; }

    public IReadOnlyList<double>? XErrorPositive { get; set; }

    public IReadOnlyList<double>? XErrorNegative { get; set; }

    public IReadOnlyList<double>? YErrorPositive { get; set; }

    public IReadOnlyList<double>? YErrorNegative { get; set; }

    public LineStyle LineStyle { get; set; } = new() { Width = 1 };

    public float LineWidth { get => LineStyle.Width; set => LineStyle.Width = value; }

    public Color Color { get => LineStyle.Color; set => LineStyle.Color = value; }

    /// <summary>Half the length of a cap, in pixels.</summary>
    public float CapSize { get; set; } = 3;

    Extent IPlottable.Extent => Extent.Of(
        Xs.Select((x, i) => x - At(XErrorNegative, i)).Concat(Xs.Select((x, i) => x + At(XErrorPositive, i))),
        Ys.Select((y, i) => y - At(YErrorNegative, i)).Concat(Ys.Select((y, i) => y + At(YErrorPositive, i))));

    void IPlottable.Render(Drawing drawing)
    {
        for (var i = 0; i < Xs.Count; i++)
        {
            var (left, right) = (At(XErrorNegative, i), At(XErrorPositive, i));
            if (left != 0 || right != 0)
                Bar(drawing, drawing.Pixel(Xs[i] - left, Ys[i]), drawing.Pixel(Xs[i] + right, Ys[i]), 0, CapSize);
            var (down, up) = (At(YErrorNegative, i), At(YErrorPositive, i));
            if (down != 0 || up != 0)
                Bar(drawing, drawing.Pixel(Xs[i], Ys[i] - down), drawing.Pixel(Xs[i], Ys[i] + up), CapSize, 0);
        }
    }

    private static double At(IReadOnlyList<double>? errors, int i) => errors?[i] ?? 0;

    private void Bar(Drawing drawing, Pixel from, Pixel to, double capX, double capY)
    {
        drawing.Canvas.Polyline([from, to], LineStyle);
        foreach (var end in (Pixel[])[from, to])
            drawing.Canvas.Polyline([new(end.X - capX, end.Y - capY), new(end.X + capX, end.Y + capY)], LineStyle);
    }
}
