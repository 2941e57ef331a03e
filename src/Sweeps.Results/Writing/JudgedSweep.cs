namespace Sweeps.Results.Writing;

/// <summary>A sweep that stops configurations early.</summary>
/// <param name="SweepId">The sweep.</param>
/// <param name="Metric">What they are judged by.</param>
internal sealed record JudgedSweep(long SweepId, string Metric);
