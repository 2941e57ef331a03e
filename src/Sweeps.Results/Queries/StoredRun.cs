using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>A run with all that is stored of it but its points.</summary>
/// <param name="Run">The run.</param>
/// <param name="Configuration">Its configuration.</param>
/// <param name="Sweep">Its sweep.</param>
/// <param name="Stages">The stages on its path, from step 0 on, with their attempts and kept checkpoints, oldest first.</param>
/// <param name="Metrics">What is known of its metrics, by name.</param>
public sealed record StoredRun(RunRecord Run, ConfigurationRecord Configuration, SweepRecord Sweep,
    IReadOnlyList<(StageRecord Stage, IReadOnlyList<AttemptRecord> Attempts, IReadOnlyList<CheckpointRecord> Checkpoints)> Stages, IReadOnlyList<MetricSummary> Metrics);
