namespace ScottPlot.Plottables;

/// <summary>A straight line across the data area.</summary>
public abstract class AxisLine : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public LineStyle LineStyle { get; set; } = new() { Width = 1 };

    public float LineWidth { get => LineStyle.Width; set => LineStyle.Width = value; }

    public LinePattern LinePattern { get => LineStyle.Pattern; set => LineStyle.Pattern = value; }

    public Color LineColor { get => LineStyle.Color; set => LineStyle.Color = value; }

    /// <summary>The x of a vertical or the y of a horizontal line.</summary>
    public double Position { get; set; } = 0;

    Extent IPlottable.Extent => Extent;

    private protected abstract Extent Extent { get; }

    void IPlottable.Render(Drawing drawing) => Render(drawing);

    private protected abstract void Render(Drawing drawing);
}
