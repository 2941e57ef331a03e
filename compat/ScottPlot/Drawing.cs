namespace ScottPlot;

/// <summary>What is needed to draw into the data area: the canvas, the area, and where coordinates lie in it.</summary>
internal sealed record Drawing(SvgCanvas Canvas, Box Area, AxisManager Axes)
{
    public Pixel Pixel(double x, double y) => new(Axes.Bottom.PixelOf(x, Area), Axes.Left.PixelOf(y, Area));
}
