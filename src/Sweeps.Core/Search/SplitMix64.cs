namespace Sweeps.Core.Search;

/// <summary>
/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014): 64 bits of state, the same numbers everywhere and forever, which
/// <see cref="Random"/> does not promise.
/// </summary>
/// <param name="seed">Where the sequence starts.</param>
public sealed class SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>The next number in [0, 1), a multiple of 2^-53.</summary>
    public double NextUniform() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>), by the high half of a 128-bit product.</summary>
    public int Below(int bound) => (int)Below((long)bound);

    /// <inheritdoc cref="Below(int)"/>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);
}
