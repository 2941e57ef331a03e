namespace ScottPlot;

/// <summary>Which point of a text lies at its location.</summary>
public enum Alignment
{
    UpperLeft,
    UpperCenter,
    UpperRight,
    MiddleLeft,
    MiddleCenter,
    MiddleRight,
    LowerLeft,
    LowerCenter,
    LowerRight,
}

internal static class AlignmentFractions
{
    /// <summary>0 at the left edge, 1 at the right one.</summary>
    public static double Horizontal(this Alignment alignment) => (int)alignment % 3 / 2.0;

    /// <summary>0 at the upper edge, 1 at the lower one.</summary>
    public static double Vertical(this Alignment alignment) => (int)alignment / 3 / 2.0;
}
