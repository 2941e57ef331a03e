namespace ScottPlot;

/// <summary>A place in the figure: x grows to the right, y downwards.</summary>
internal readonly record struct Pixel(double X, double Y);
