namespace ScottPlot;

/// <summary>How a line is drawn; width 0 draws none.</summary>
public class LineStyle
{
    public float Width { get; set; } = 0;

    public Color Color { get; set; } = Colors.Black;

    public LinePattern Pattern { get; set; } = LinePattern.Solid;

    public bool IsVisible { get; set; } = true;

    internal bool CanBeRendered => IsVisible && Width > 0 && Color.Alpha > 0;
}
