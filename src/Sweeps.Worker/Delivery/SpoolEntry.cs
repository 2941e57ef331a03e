using System.Text.Json.Serialization;
using Sweeps.Core.Protocol;

namespace Sweeps.Worker;

/// <summary>A line of a spool: a metric point, a checkpoint or a text.</summary>
/// <param name="Point">The point, or null.</param>
/// <param name="Checkpoint">The checkpoint, or null.</param>
/// <param name="Sample">The text, or null.</param>
public sealed record SpoolEntry(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MetricPoint? Point = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CheckpointNotice? Checkpoint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TextSample? Sample = null);
