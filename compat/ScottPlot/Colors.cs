namespace ScottPlot;

/// <summary>Named colours; the package has all of the web's.</summary>
public struct Colors
{
    public static Color Black => new(0, 0, 0);

    public static Color White => new(255, 255, 255);

    public static Color Transparent => Black.WithAlpha(0);
}
