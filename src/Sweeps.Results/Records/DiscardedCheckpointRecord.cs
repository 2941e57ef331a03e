namespace Sweeps.Results.Records;

/// <summary>The file of a checkpoint that nothing goes on from any more: to be removed.</summary>
internal sealed class DiscardedCheckpointRecord
{
    public required string Path { get; init; }
}
