using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>A stage that may be what a new run begins with, and what tells whether it is.</summary>
/// <param name="Id">The stage.</param>
/// <param name="SweepId">Its sweep.</param>
/// <param name="Parent">The stage before it, or null.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="Origin"><see cref="StageRecord.Origin"/>.</param>
/// <param name="Identity"><see cref="StageRecord.Identity"/>.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Device"><see cref="StageRecord.Device"/>.</param>
/// <param name="Inputs"><see cref="StageRecord.Inputs"/>.</param>
/// <param name="Checkpoint">Path of the checkpoint at its end, or null when that is not kept.</param>
/// <param name="Bytes">Size of that file.</param>
public sealed record KnownStage(long Id, long SweepId, long? Parent, int FromStep, int ToStep, string Origin, string Identity, StageState State,
    string? Device, string? Inputs, string? Checkpoint, long Bytes);
