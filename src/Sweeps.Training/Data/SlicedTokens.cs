namespace Sweeps.Training.Data;

/// <summary>A part of a sequence.</summary>
public sealed class SlicedTokens(ITokenSequence whole, long first, long length) : ITokenSequence
{
    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public void Read(long start, Span<long> destination) => whole.Read(first + start, destination);
}
