using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>What to send next: some points, or one checkpoint or text after the points before it were sent.</summary>
/// <param name="Points">The points, in order.</param>
/// <param name="Checkpoint">The checkpoint, or null.</param>
/// <param name="End">Position in the spool after them.</param>
public sealed record SpoolBatch(IReadOnlyList<MetricPoint> Points, CheckpointNotice? Checkpoint, long End)
{
    /// <summary>The text, or null.</summary>
    public TextSample? Sample { get; init; }
}
