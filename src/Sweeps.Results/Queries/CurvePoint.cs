namespace Sweeps.Results.Queries;

/// <summary>One point of a run's curve.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Value">The metric; NaN where the training diverged.</param>
/// <param name="Tokens">Training tokens seen since step 0.</param>
/// <param name="Seconds">Training seconds since step 0.</param>
public readonly record struct CurvePoint(long Step, double Value, long Tokens, double Seconds);
