namespace Sweeps.Results.Records;

/// <summary>A checkpoint that is complete on disk.</summary>
public sealed class CheckpointRecord
{
    /// <summary>The stage that wrote it.</summary>
    public long StageId { get; init; }

    /// <summary>Steps of the run it contains.</summary>
    public int Step { get; init; }

    /// <summary>The attempt that wrote it.</summary>
    public int Attempt { get; init; }

    /// <summary>Where it lies.</summary>
    public required string Path { get; init; }

    /// <summary>Hash of its content, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size.</summary>
    public long Bytes { get; init; }

    /// <summary>When the head heard of it.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
