namespace Sweeps.Core.Protocol;

/// <summary>What a worker needs to send its checkpoints to the head and to fetch the one that it begins with.</summary>
/// <param name="CacheDirectory">Where the machine keeps checkpoints that were sent or fetched, for who needs them next; its workers share it.</param>
/// <param name="CacheBytes">Size above which those that were not used for the longest time are removed.</param>
public sealed record CheckpointTransfer(string CacheDirectory, long CacheBytes);
