namespace ScottPlot;

/// <summary>How tick marks are drawn; lengths and widths in pixels.</summary>
public class TickMarkStyle
{
    public float Length;

    public float Width;

    public Color Color;
}
