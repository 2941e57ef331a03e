namespace ScottPlot;

/// <summary>Grid lines of one axis.</summary>
public class GridStyle
{
    public bool IsVisible { get; set; } = true;

    public LineStyle MajorLineStyle { get; set; } = new() { Width = 1, Color = Colors.Black.WithAlpha(.1) };
}
