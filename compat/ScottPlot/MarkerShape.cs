namespace ScottPlot;

/// <summary>Shapes of markers; the package has more.</summary>
public enum MarkerShape
{
    None,
    FilledCircle,
}
