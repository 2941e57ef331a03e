using ScottPlot;

namespace Sweeps.Charts;

/// <summary>A finished picture: the plot and the size in pixels that it was laid out for.</summary>
/// <param name="Plot">The plot, for those who want to add to it.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels; grows with the number of configurations where each has a row.</param>
public sealed record Chart(Plot Plot, int Width, int Height) : IDisposable
{
    /// <summary>The picture as an SVG document.</summary>
    public string ToSvg() => Plot.GetSvgXml(Width, Height);

    /// <summary>Writes the picture to a file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveSvg(string path) => Plot.SaveSvg(path, Width, Height);

    /// <inheritdoc/>
    public void Dispose() => Plot.Dispose();
}
