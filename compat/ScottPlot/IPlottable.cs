namespace ScottPlot;

/// <summary>Something drawn in the data area.</summary>
public interface IPlottable
{
    bool IsVisible { get; set; }

    /// <summary>The part of the plane that it covers, which an axis without limits must show.</summary>
    internal Extent Extent { get; }

    internal void Render(Drawing drawing);
}
