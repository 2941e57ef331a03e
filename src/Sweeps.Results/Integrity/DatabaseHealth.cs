namespace Sweeps.Results.Integrity;

/// <summary>What an examination of a database has found.</summary>
/// <param name="Sweeps">Sweeps in it.</param>
/// <param name="Points">Metric points in it; 0 where its schema is older than this program's.</param>
/// <param name="Checkpoints">Checkpoints that it names.</param>
/// <param name="SchemaVersion">Its schema.</param>
/// <param name="IsOlder">Whether this program would bring it forward first.</param>
/// <param name="Findings">What is wrong; empty when nothing is.</param>
public sealed record DatabaseHealth(long Sweeps, long Points, long Checkpoints, long SchemaVersion, bool IsOlder, IReadOnlyList<Finding> Findings);
