using ScottPlot.AxisPanels;
using ScottPlot.Panels;

namespace ScottPlot;

/// <summary>The four axes and the title of a plot.</summary>
public class AxisManager
{
    // A tenth of the width and 15% of the height stay free around data whose limits nobody set.
    private const double FreeX = 0.1;
    private const double FreeY = 0.15;

    internal AxisManager()
    {
    }

    public TitlePanel Title { get; } = new();

    public IXAxis Bottom => BottomPanel;

    public IXAxis Top => TopPanel;

    public IYAxis Left => LeftPanel;

    public IYAxis Right => RightPanel;

    internal AxisPanel BottomPanel { get; } = new(Edge.Bottom);

    internal AxisPanel TopPanel { get; } = new(Edge.Top);

    internal AxisPanel LeftPanel { get; } = new(Edge.Left);

    internal AxisPanel RightPanel { get; } = new(Edge.Right);

    internal IEnumerable<AxisPanel> All => [BottomPanel, TopPanel, LeftPanel, RightPanel];

    public void SetLimitsX(double left, double right) => (Bottom.Min, Bottom.Max) = (left, right);

    public void SetLimitsY(double bottom, double top) => SetLimitsY(bottom, top, Left);

    public void SetLimitsY(double bottom, double top, IYAxis yAxis) => (yAxis.Min, yAxis.Max) = (bottom, top);

    /// <summary>One colour for frames, ticks and labels of all axes and for the title.</summary>
    public void Color(Color color)
    {
        foreach (var axis in All)
        {
            axis.Label.ForeColor = axis.TickLabelStyle.ForeColor = color;
            axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = axis.FrameLineStyle.Color = color;
        }

        Title.Label.ForeColor = color;
    }

    /// <summary>Gives the main axes a range that shows everything where no limits were set.</summary>
    internal void AutoScale(Extent extent)
    {
        if (!BottomPanel.HasRange) (Bottom.Min, Bottom.Max) = Around(extent.Left, extent.Right, FreeX / 2);
        if (!LeftPanel.HasRange) (Left.Min, Left.Max) = Around(extent.Bottom, extent.Top, FreeY / 2);
    }

    private static (double Min, double Max) Around(double low, double high, double free)
    {
        if (low > high) return (-10, 10);
        var margin = low == high ? 1 : (high - low) * free;
        return (low - margin, high + margin);
    }
}
