using Sweeps.Core.Gpt;

namespace Sweeps.Training.Checkpoints;

/// <summary>What a checkpoint says of the run that wrote it.</summary>
public sealed record CheckpointDescription
{
    /// <summary>Optimizer steps done.</summary>
    public required int Step { get; init; }

    /// <summary>The run.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary><see cref="Training.Data.IDataSet.Name"/> of the data set.</summary>
    public required string Data { get; init; }

    /// <summary><see cref="Training.Data.IDataSet.Sha256"/> of the data set.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Number of different tokens V.</summary>
    public required int Vocabulary { get; init; }
}
