using Sweeps.Core.Protocol;

namespace Sweeps.Results.Plans;

/// <summary>A run that was trained elsewhere.</summary>
/// <param name="Points">What it measured, by step.</param>
/// <param name="Error">Why it is not whole, or null.</param>
public sealed record MeasuredRun(IReadOnlyList<MetricPoint> Points, string? Error = null);
