namespace Sweeps.Training.Data;

/// <summary>Bytes of a file, each a token.</summary>
public sealed class ByteTokens(MappedFile file, long first, long length) : ITokenSequence
{
    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public void Read(long start, Span<long> destination)
    {
        var bytes = new byte[destination.Length];
        file.Read(first + start, bytes.AsSpan());
        for (var i = 0; i < bytes.Length; i++) destination[i] = bytes[i];
    }
}
