using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>The stages of a run in their order.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Stages">From step 0 to its end.</param>
public sealed record RunPath(long RunId, IReadOnlyList<PathStage> Stages);

/// <summary>A stage on the paths of runs.</summary>
/// <param name="Id">The stage.</param>
/// <param name="SweepId">The sweep that trains it.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Device">What it was trained on, or null.</param>
public sealed record PathStage(long Id, long SweepId, int FromStep, int ToStep, StageState State, string? Device);
