namespace Sweeps.Results.Queries;

/// <summary>A sweep with what its row in a list of sweeps shows.</summary>
/// <param name="Overview">The sweep, without its file and its summary, and how far it is.</param>
/// <param name="RunsRunning">Runs that have begun and not ended.</param>
/// <param name="AttemptsOpen">Workers under way.</param>
/// <param name="MachineSeconds">Time of all its attempts, also of those that were lost.</param>
/// <param name="Best">The configuration with the best mean in the stored answer, or null before there is one.</param>
public sealed record SweepListing(SweepOverview Overview, int RunsRunning, int AttemptsOpen, double MachineSeconds, BestConfiguration? Best);

/// <summary>The configuration with the best mean of the sweep's metric.</summary>
/// <param name="Ordinal">Its place in the sweep, from 0.</param>
/// <param name="Label">Its label.</param>
/// <param name="Mean">Mean over its finished runs.</param>
/// <param name="N">How many these are.</param>
public sealed record BestConfiguration(int Ordinal, string Label, double Mean, int N);
