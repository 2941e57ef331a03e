namespace ScottPlot.Panels;

/// <summary>A legend beside the data area, where it covers nothing.</summary>
public class LegendPanel
{
    internal LegendPanel(Legend legend) => Legend = legend;

    public Legend Legend { get; }

    /// <summary>Where the legend lies in the panel.</summary>
    public Alignment Alignment { get; set; } = Alignment.MiddleCenter;
}
