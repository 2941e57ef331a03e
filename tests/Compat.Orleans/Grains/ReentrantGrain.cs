using Orleans.Concurrency;

namespace Compat.Orleans.Grains;

[Reentrant]
public sealed class ReentrantGrain(Signals signals) : TurnGrain(signals), IReentrantGrain;
