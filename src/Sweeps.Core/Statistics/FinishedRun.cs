namespace Sweeps.Core.Statistics;

/// <summary>A run that counts.</summary>
/// <param name="Curve">What it measured.</param>
/// <param name="Value">The metric at its end; not finite where it diverged.</param>
public sealed record FinishedRun(RunCurve Curve, double Value);
