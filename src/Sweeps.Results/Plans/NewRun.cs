namespace Sweeps.Results.Plans;

/// <summary>A run to be stored.</summary>
/// <param name="Configuration">Ordinal of its configuration in the sweep.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Path">Places in <see cref="SweepGrowth.Stages"/>, in order, to the run's end.</param>
public sealed record NewRun(int Configuration, int Seed, IReadOnlyList<int> Path)
{
    /// <summary>Ids of stages that are in the database already and come before those of <see cref="Path"/>.</summary>
    public IReadOnlyList<long> StoredPath { get; init; } = [];
}
