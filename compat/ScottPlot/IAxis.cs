namespace ScottPlot;

/// <summary>One axis: its range, its ticks and how it looks.</summary>
public interface IAxis
{
    double Min { get; set; }

    double Max { get; set; }

    ITickGenerator TickGenerator { get; set; }

    /// <summary>The name of the axis, beyond its tick labels.</summary>
    LabelStyle Label { get; }

    LabelStyle TickLabelStyle { get; set; }

    TickMarkStyle MajorTickStyle { get; set; }

    TickMarkStyle MinorTickStyle { get; set; }

    /// <summary>The line along the data area.</summary>
    LineStyle FrameLineStyle { get; }

    internal double PixelOf(double position, Box area);
}
