using Sweeps.Results.Attempts;

namespace Sweeps.Orchestration.Grains;

/// <summary>A stage that can be claimed.</summary>
/// <param name="StageId">The stage.</param>
/// <param name="SweepId">Its sweep.</param>
/// <param name="Priority">The sweep's priority, 0 to 100.</param>
/// <param name="LongestPath">Steps to the end of the longest run that needs it.</param>
[GenerateSerializer, Immutable]
public sealed record StageOffer(long StageId, long SweepId, int Priority, int LongestPath)
{
    /// <summary>What the database says, in a form that travels between grains.</summary>
    public static StageOffer Of(ReadyStage stage) => new(stage.StageId, stage.SweepId, stage.Priority, stage.LongestPath);

    /// <summary>The same for the queue.</summary>
    public ReadyStage Stage => new(StageId, SweepId, Priority, LongestPath);
}
