using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Head.Api;

/// <summary>A run with all that is known of it but its points.</summary>
/// <param name="Id">Its number.</param>
/// <param name="SweepId">Its sweep.</param>
/// <param name="SweepName">The sweep's name.</param>
/// <param name="Metric">What the sweep is judged by.</param>
/// <param name="Configuration">Its configuration.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Error">Why it failed or what its newest attempt met, or null.</param>
/// <param name="Steps">Steps it will have; of a program of the user's 0 until it has ended.</param>
/// <param name="StepsDone">Steps it has, as far as is known.</param>
/// <param name="Metrics">What is known of its metrics, by name.</param>
/// <param name="Stages">The stages on its path, from step 0 on.</param>
public sealed record RunView(long Id, long SweepId, string SweepName, string Metric, ConfigurationView Configuration, int Seed, RunState State, string? Error, int Steps,
    int StepsDone, IReadOnlyList<MetricSummary> Metrics, IReadOnlyList<RunStageView> Stages)
{
    /// <summary>What is shown of a run.</summary>
    public static RunView Of(StoredRun path) => new(path.Run.Id, path.Sweep.Id, path.Sweep.Name, path.Sweep.Metric, ConfigurationView.Of(path.Configuration), path.Run.Seed,
        path.Run.State, path.Run.Error ?? path.Stages.Select(stage => stage.Stage.Error).LastOrDefault(error => error is not null), path.Run.Steps,
        path.Stages.Where(stage => stage.Stage.Attempt > 0).Select(stage => stage.Stage.StepsDone).DefaultIfEmpty(0).Max(), path.Metrics,
        [.. path.Stages.Select(stage => RunStageView.Of(path, stage.Stage, stage.Attempts, stage.Checkpoints))]);
}

/// <summary>A stage on a run's path.</summary>
/// <param name="Id">Its number.</param>
/// <param name="SweepId">The sweep that trained it; another one where it was taken over.</param>
/// <param name="IsReused">Whether another sweep has trained it.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="StepsDone">Steps done, counted from step 0.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Error">Why it failed or what its newest attempt met, or null.</param>
/// <param name="Device">What it was trained on: processor and threads, or GPU; <c>several</c> when there was more than one, null as long as it is not known.</param>
/// <param name="Attempts">Its attempts, oldest first.</param>
/// <param name="Checkpoints">Its checkpoints that are kept, earliest step first.</param>
public sealed record RunStageView(long Id, long SweepId, bool IsReused, int FromStep, int ToStep, int StepsDone, StageState State, string? Error, string? Device,
    IReadOnlyList<AttemptView> Attempts, IReadOnlyList<CheckpointView> Checkpoints)
{
    /// <summary>What is shown of a stage.</summary>
    internal static RunStageView Of(StoredRun path, StageRecord stage, IReadOnlyList<AttemptRecord> attempts, IReadOnlyList<CheckpointRecord> checkpoints) => new(
        stage.Id, stage.SweepId, stage.SweepId != path.Sweep.Id, stage.FromStep, stage.ToStep, stage.StepsDone, stage.State, stage.Error, stage.Device,
        [.. attempts.Select(AttemptView.Of)], [.. checkpoints.Select(CheckpointView.Of)]);
}

/// <summary>One execution of a stage by one worker.</summary>
/// <param name="Number">From 1; only the newest may write.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Slot">On which of the machine's slots.</param>
/// <param name="ResumedFrom">Step of the checkpoint that it started from.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended, or null.</param>
/// <param name="Outcome">How it ended, or null while it is under way.</param>
/// <param name="LastStep">Steps done when it ended, as far as is known.</param>
/// <param name="IsCounted">Whether its failure used up one of the retries.</param>
/// <param name="Error">What went wrong, or null.</param>
public sealed record AttemptView(int Number, string Machine, int Slot, int ResumedFrom, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, AttemptOutcome? Outcome,
    long? LastStep, bool IsCounted, string? Error)
{
    /// <summary>What is shown of an attempt; never its token's hash.</summary>
    internal static AttemptView Of(AttemptRecord attempt) => new(attempt.Number, attempt.MachineId, attempt.Slot, attempt.ResumedFrom, attempt.StartedAt, attempt.EndedAt,
        attempt.Outcome, attempt.LastStep, attempt.Counted, attempt.Error);
}

/// <summary>A checkpoint on disk.</summary>
/// <param name="Step">Steps of the run that it contains.</param>
/// <param name="Attempt">The attempt that wrote it.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Sha256">Hash of its content, hexadecimal.</param>
/// <param name="Bytes">Size.</param>
/// <param name="CreatedAt">When the head heard of it.</param>
public sealed record CheckpointView(int Step, int Attempt, string Path, string Sha256, long Bytes, DateTimeOffset CreatedAt)
{
    /// <summary>What is shown of a checkpoint.</summary>
    internal static CheckpointView Of(CheckpointRecord checkpoint) =>
        new(checkpoint.Step, checkpoint.Attempt, checkpoint.Path, checkpoint.Sha256, checkpoint.Bytes, checkpoint.CreatedAt);
}
