namespace ScottPlot.Plottables;

/// <summary>A text at a place of the data area.</summary>
public class Text : LabelStyleProperties, IPlottable
{
    private readonly double x;
    private readonly double y;

    internal Text(double x, double y) => (this.x, this.y) = (x, y);

    public bool IsVisible { get; set; } = true;

    /// <summary>Pixels to the right of the location.</summary>
    public float OffsetX { get; set; }

    /// <summary>Pixels below the location.</summary>
    public float OffsetY { get; set; }

    public override LabelStyle LabelStyle { get; set; } = new() { FontSize = 14 };

    Extent IPlottable.Extent => Extent.Of([x], [y]);

    void IPlottable.Render(Drawing drawing)
    {
        var at = drawing.Pixel(x, y);
        drawing.Canvas.Text(LabelText, new(at.X + OffsetX, at.Y + OffsetY), LabelStyle);
    }
}
