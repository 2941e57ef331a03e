namespace Sweeps.Training.Data;

/// <summary>Tokens in memory or in a file; those of a file are read where they are needed and nowhere else.</summary>
public interface ITokenSequence
{
    /// <summary>Number of tokens.</summary>
    long Length { get; }

    /// <summary>Copies the tokens from <paramref name="start"/> on until <paramref name="destination"/> is full.</summary>
    void Read(long start, Span<long> destination);
}
