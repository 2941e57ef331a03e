namespace ScottPlot;

/// <summary>The colour behind the figure.</summary>
public class BackgroundStyle
{
    public Color Color { get; set; } = Colors.White;
}
