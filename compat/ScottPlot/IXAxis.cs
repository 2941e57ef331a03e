namespace ScottPlot;

/// <summary>An axis below or above the data area.</summary>
public interface IXAxis : IAxis;
