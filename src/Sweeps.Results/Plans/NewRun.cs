namespace Sweeps.Results.Plans;

/// <summary>A run to be stored.</summary>
/// <param name="Configuration">Place in <see cref="NewSweep.Configurations"/>.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Path">Places in <see cref="NewSweep.Stages"/> from step 0 to the run's end.</param>
public sealed record NewRun(int Configuration, int Seed, IReadOnlyList<int> Path);
