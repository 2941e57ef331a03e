namespace Sweeps.Core.Statistics;

/// <summary>A confidence interval of 95%.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Interval(double Low, double High);
