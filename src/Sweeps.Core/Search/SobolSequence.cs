namespace Sweeps.Core.Search;

/// <summary>
/// Sobol's low-discrepancy sequence (USSR Comput. Math. Math. Phys. 7, 1967) in the Gray-code order of Antonov and Saleev (1979), with the
/// direction numbers of Joe and Kuo (2008). Any 2^m points that follow a multiple of 2^m fill the unit cube far more evenly than random ones.
/// </summary>
public sealed class SobolSequence
{
    private const int Bits = 32;
    private readonly uint[][] directions;
    private readonly ulong[]? keys;

    /// <summary>The sequence as published, whose first point is the origin.</summary>
    /// <param name="dimensions">From 1 to <see cref="SobolDirections.MostDimensions"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The table has no direction numbers for so many dimensions.</exception>
    public SobolSequence(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, SobolDirections.MostDimensions);
        directions = [.. Enumerable.Range(0, dimensions).Select(SobolDirections.Of)];
    }

    /// <summary>
    /// The sequence after nested uniform scrambling (Owen 1995, Monte Carlo and Quasi-Monte Carlo Methods): each binary digit is flipped or
    /// not by a coin that depends on the digits before it. Every point is then uniform in the cube, none lies on its border, and the
    /// points of different seeds are independent, while they stay as even as the published ones.
    /// </summary>
    /// <param name="dimensions">From 1 to <see cref="SobolDirections.MostDimensions"/>.</param>
    /// <param name="seed">Seed of the coins.</param>
    public SobolSequence(int dimensions, ulong seed) : this(dimensions)
    {
        var random = new SplitMix64(seed);
        keys = [.. Enumerable.Range(0, dimensions).Select(_ => random.Next())];
    }

    /// <summary>The point at a place of the sequence, from 0; its coordinates are in [0, 1), and in (0, 1) when scrambled.</summary>
    public double[] Point(uint place)
    {
        var gray = place ^ (place >> 1);
        var point = new double[directions.Length];
        for (var dimension = 0; dimension < point.Length; dimension++)
        {
            var digits = 0u;
            for (var bit = 0; bit < Bits; bit++)
                if (((gray >> bit) & 1) == 1) digits ^= directions[dimension][bit];
            // Half a unit of the last digit: the middle of the cell that the scrambled digits leave.
            point[dimension] = keys is null ? digits * Unit : (Scrambled(digits, keys[dimension]) + 0.5) * Unit;
        }
        return point;
    }

    private const double Unit = 1.0 / (1L << Bits);

    private static uint Scrambled(uint digits, ulong key)
    {
        var flips = 0u;
        for (var bit = Bits - 1; bit >= 0; bit--)
        {
            // The digits before this one, with a leading 1 so that prefixes of different length differ.
            var before = (1UL << (Bits - 1 - bit)) | (bit == Bits - 1 ? 0 : digits >> (bit + 1));
            flips |= (uint)(new SplitMix64(key ^ before).Next() >> 63) << bit;
        }
        return digits ^ flips;
    }
}
