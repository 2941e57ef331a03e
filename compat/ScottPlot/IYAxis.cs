namespace ScottPlot;

/// <summary>An axis beside the data area.</summary>
public interface IYAxis : IAxis;
