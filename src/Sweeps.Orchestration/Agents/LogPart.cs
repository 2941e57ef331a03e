using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Agents;

/// <summary>Some bytes of what a worker has printed.</summary>
/// <param name="Attempt">What it executes.</param>
/// <param name="Token">The attempt's token.</param>
/// <param name="Offset">Where in its log they begin.</param>
/// <param name="Bytes">The bytes.</param>
public sealed record LogPart(AttemptKey Attempt, string Token, long Offset, ReadOnlyMemory<byte> Bytes);
