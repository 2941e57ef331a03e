namespace Sweeps.Orchestration.Queue;

/// <summary>What an attempt takes of a machine.</summary>
/// <param name="Slots">The slots, at least one.</param>
/// <param name="Share">The share that it takes of each, up to 1.</param>
/// <param name="Threads">CPU threads of its worker.</param>
public sealed record Placement(IReadOnlyList<int> Slots, double Share, int Threads);
