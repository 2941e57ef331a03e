namespace Sweeps.Results.Queries;

/// <summary>A metric along a run's path.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ConfigurationId">Its configuration.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Points">By step, each step once.</param>
public sealed record RunCurve(long RunId, long ConfigurationId, int Seed, IReadOnlyList<CurvePoint> Points);
