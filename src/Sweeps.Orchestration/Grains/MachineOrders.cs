namespace Sweeps.Orchestration.Grains;

/// <summary>What a machine's agent is to do.</summary>
/// <param name="Start">Attempts to begin.</param>
/// <param name="Stop">Workers to ask for a checkpoint and their end.</param>
/// <param name="Kill">Workers of fenced attempts, to end at once.</param>
/// <param name="Storage">Mark of the head's <see cref="Agents.DirectoryMark">directories</see>, which an agent in another process compares with its own; null for one that shares them by nature.</param>
[GenerateSerializer, Immutable]
public sealed record MachineOrders(StageOrder[] Start, AttemptKey[] Stop, AttemptKey[] Kill, string? Storage = null);
