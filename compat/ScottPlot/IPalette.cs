namespace ScottPlot;

/// <summary>Colours for series, in order.</summary>
public interface IPalette
{
    Color[] Colors { get; }

    /// <summary>The colour of a series; begins again after the last.</summary>
    Color GetColor(int index);
}
