namespace Sweeps.Results.Records;

/// <summary>One stage on a run's path from step 0 to its end.</summary>
internal sealed class RunStageRecord
{
    public long RunId { get; init; }

    /// <summary>Place on the path, from 0.</summary>
    public int Position { get; init; }

    public long StageId { get; init; }
}
