using Sweeps.Core.Protocol;
using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>How many of everything a database has; states without any are missing.</summary>
/// <param name="Sweeps">Sweeps by state.</param>
/// <param name="Runs">Runs by state.</param>
/// <param name="Stages">Stages by state.</param>
/// <param name="Attempts">Attempts that have ended, by how.</param>
/// <param name="Points">Metric points that are stored.</param>
public sealed record ResultsCounts(IReadOnlyDictionary<SweepState, int> Sweeps, IReadOnlyDictionary<RunState, int> Runs, IReadOnlyDictionary<StageState, int> Stages,
    IReadOnlyDictionary<AttemptOutcome, int> Attempts, long Points);
