using Sweeps.Core;

namespace Sweeps.Results.Plans;

/// <summary>A stage to be stored: steps [FromStep, ToStep).</summary>
/// <param name="Parent">Place in <see cref="SweepGrowth.Stages"/> of the stage before it, or null.</param>
/// <param name="Parameters">Parameters of one run that needs it.</param>
/// <param name="Seed">Seed of the runs that need it.</param>
/// <param name="FromStep">First step.</param>
/// <param name="ToStep">Step at which it ends.</param>
/// <param name="StoredParent">Id of the stage before it when that is in the database already. Without any parent it begins with fresh weights.</param>
public sealed record NewStage(
    int? Parent, IReadOnlyDictionary<string, ParameterValue> Parameters, int Seed, int FromStep, int ToStep, long? StoredParent = null);
