namespace Sweeps.Training.Data;

/// <summary>The generator of Steele, Lea and Flood (2014): any 64 bits are a good seed, so that a place in a stream can be its seed.</summary>
internal struct SplitMix64(ulong state)
{
    private ulong state = state;

    internal ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, bound), by the high half of a 128-bit product.</summary>
    internal int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);
}
