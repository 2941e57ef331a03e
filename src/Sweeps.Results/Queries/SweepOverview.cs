using Sweeps.Results.Records;

namespace Sweeps.Results.Queries;

/// <summary>A sweep and how far it is.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Configurations">Configurations it has.</param>
/// <param name="Runs">Runs it has.</param>
/// <param name="RunsCompleted">Runs that reached their last step.</param>
/// <param name="RunsFailed">Runs that failed.</param>
/// <param name="RunsPruned">Runs that were stopped early.</param>
/// <param name="StepsDone">Steps trained so far; shared ones count once, those of other sweeps not at all.</param>
/// <param name="StepsPlanned">Steps of all its stages; of those that nobody needs any more the ones that were trained.</param>
/// <param name="StepsWithoutSharing">Steps of all runs.</param>
public sealed record SweepOverview(SweepRecord Sweep, int Configurations, int Runs, int RunsCompleted, int RunsFailed, int RunsPruned,
    long StepsDone, long StepsPlanned, long StepsWithoutSharing)
{
    /// <summary>Whether only the program knows how many steps a run has: <see cref="StepsPlanned"/> counts those of the runs that have ended.</summary>
    public bool IsOpenEnded => Sweep.CommandJson is not null;
}
