namespace ScottPlot;

/// <summary>The colour behind the figure or the data area.</summary>
public class BackgroundStyle
{
    public Color Color { get; set; } = Colors.White;
}
