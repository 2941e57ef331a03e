namespace ScottPlot;

/// <summary>Chooses the ticks of an axis.</summary>
public interface ITickGenerator
{
    /// <summary>The ticks chosen for the last picture.</summary>
    Tick[] Ticks { get; }

    /// <summary>Chooses ticks for an axis from <paramref name="min"/> to <paramref name="max"/> that is so many pixels long.</summary>
    internal void Regenerate(double min, double max, double pixels, Edge edge, LabelStyle style);
}
