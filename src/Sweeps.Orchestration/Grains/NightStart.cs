namespace Sweeps.Orchestration.Grains;

/// <summary>What came of asking for a night.</summary>
/// <param name="SweepId">The sweep that is trained now; null when none is.</param>
/// <param name="IsResumed">Whether it had begun before.</param>
/// <param name="Why">Why none is trained now, a sentence; null when one is.</param>
/// <param name="Exists">False when there is no such job.</param>
[GenerateSerializer, Immutable]
public sealed record NightStart(long? SweepId, bool IsResumed, string? Why, bool Exists = true);
