namespace Sweeps.Training.Data;

/// <summary>Several sequences as one, end to end: the shards of a large data set.</summary>
public sealed class JoinedTokens : ITokenSequence
{
    private readonly ITokenSequence[] parts;
    private readonly long[] ends;

    /// <summary>Joins sequences in their order.</summary>
    public JoinedTokens(IEnumerable<ITokenSequence> parts)
    {
        this.parts = [.. parts];
        ends = new long[this.parts.Length];
        for (var i = 0; i < ends.Length; i++) ends[i] = Length += this.parts[i].Length;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public void Read(long start, Span<long> destination)
    {
        // The first part that ends behind the start.
        var part = Array.BinarySearch(ends, start + 1) is var found && found >= 0 ? found : ~found;
        for (; destination.Length > 0; part++)
        {
            var count = (int)Math.Min(destination.Length, ends[part] - start);
            parts[part].Read(start - (ends[part] - parts[part].Length), destination[..count]);
            start += count;
            destination = destination[count..];
        }
    }
}
