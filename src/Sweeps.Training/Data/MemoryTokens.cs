namespace Sweeps.Training.Data;

/// <summary>Tokens in memory.</summary>
public sealed class MemoryTokens(ReadOnlyMemory<ushort> tokens) : ITokenSequence
{
    /// <inheritdoc/>
    public long Length => tokens.Length;

    /// <inheritdoc/>
    public void Read(long start, Span<long> destination)
    {
        var source = tokens.Span.Slice((int)start, destination.Length);
        for (var i = 0; i < source.Length; i++) destination[i] = source[i];
    }
}
