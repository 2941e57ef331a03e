using System.Numerics;
using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Search;

public sealed class SobolTests
{
    [Fact]
    public void The_first_points_are_the_published_ones()
    {
        // As SciPy's documentation (scipy.stats.qmc.Sobol, scramble=False) and PyTorch's SobolEngine give them.
        double[][] published =
        [
            [0, 0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5, 0.5], [0.75, 0.25, 0.25, 0.25, 0.75], [0.25, 0.75, 0.75, 0.75, 0.25],
            [0.375, 0.375, 0.625, 0.875, 0.375], [0.875, 0.875, 0.125, 0.375, 0.875], [0.625, 0.125, 0.875, 0.625, 0.625],
            [0.125, 0.625, 0.375, 0.125, 0.125], [0.1875, 0.3125, 0.9375, 0.4375, 0.5625], [0.6875, 0.8125, 0.4375, 0.9375, 0.0625],
        ];
        var sequence = new SobolSequence(5);
        Assert.Equal(published, Enumerable.Range(0, 10).Select(place => sequence.Point((uint)place)));
    }

    [Theory]
    [InlineData(100, 0.4140625, 0.6953125, 0.4140625, 0.6484375, 0.6640625, 0.4609375)]
    [InlineData(1000, 0.2197265625, 0.0693359375, 0.1455078125, 0.4462890625, 0.8662109375, 0.5439453125)]
    public void Later_points_in_many_dimensions_are_those_of_other_implementations(int place, params double[] coordinates)
    {
        // PyTorch 1.13, SobolEngine(128).draw(1001), dimensions 1, 10, 32, 64, 96, 128.
        var point = new SobolSequence(128).Point((uint)place);
        Assert.Equal(coordinates, new[] { 0, 9, 31, 63, 95, 127 }.Select(dimension => point[dimension]));
    }

    [Fact]
    public void The_polynomials_are_primitive_and_the_first_numbers_odd_and_small_enough()
    {
        for (var dimension = 1; dimension < SobolDirections.MostDimensions; dimension++)
        {
            var (degree, coefficients, m) = SobolDirections.Row(dimension);
            Assert.True(IsPrimitive(degree, (1u << degree) | (coefficients << 1) | 1), $"The polynomial of dimension {dimension + 1} is not primitive.");
            Assert.Equal(degree, m.Length);
            for (var i = 0; i < degree; i++) Assert.True(m[i] % 2 == 1 && m[i] < 1u << (i + 1), $"m_{i + 1} of dimension {dimension + 1} is wrong.");
        }
    }

    [Fact]
    public void The_first_digits_of_the_first_32_dimensions_are_independent()
    {
        // Sobol's property A, which Joe and Kuo's table has, as far as 32 digits show it: the matrix of the direction numbers' first binary
        // digits has full rank.
        var rows = Enumerable.Range(0, 32).Select(dimension =>
            SobolDirections.Of(dimension).Select((number, k) => (number >> 31) << k).Aggregate(0u, (all, digit) => all | digit)).ToArray();
        Assert.Equal(32, Rank(rows));
    }

    [Fact]
    public void Scrambling_keeps_every_elementary_interval_of_the_first_two_dimensions_filled()
    {
        // The first two dimensions are a (0, m, 2)-net: each of the 2^m rectangles of sides 2^-a and 2^-(m-a) has exactly one of 2^m points.
        const int M = 8;
        foreach (var sequence in new[] { new SobolSequence(2), new SobolSequence(2, seed: 7), new SobolSequence(2, seed: 8) })
        {
            var points = Enumerable.Range(0, 1 << M).Select(place => sequence.Point((uint)place)).ToArray();
            for (var a = 0; a <= M; a++)
                Assert.Equal(1 << M, points.Select(point => ((int)(point[0] * (1 << a)), (int)(point[1] * (1 << (M - a))))).Distinct().Count());
        }
    }

    [Fact]
    public void Each_dimension_has_one_of_256_points_in_each_256th()
    {
        var sequence = new SobolSequence(SobolDirections.MostDimensions, seed: 3);
        var points = Enumerable.Range(0, 256).Select(place => sequence.Point((uint)place)).ToArray();
        for (var dimension = 0; dimension < SobolDirections.MostDimensions; dimension++)
            Assert.Equal(256, points.Select(point => (int)(point[dimension] * 256)).Distinct().Count());
    }

    [Fact]
    public void A_scrambled_point_is_uniform_over_the_seeds()
    {
        var points = Enumerable.Range(0, 2000).Select(seed => new SobolSequence(3, (ulong)seed).Point(0)).ToArray();
        for (var dimension = 0; dimension < 3; dimension++)
        {
            var counts = points.CountBy(point => (int)(point[dimension] * 10)).ToDictionary();
            // Chi-square with 9 degrees of freedom: 27.9 is its 0.999 quantile.
            Assert.True(Enumerable.Range(0, 10).Sum(cell => Math.Pow(counts.GetValueOrDefault(cell) - 200, 2) / 200) < 27.9);
        }
    }

    [Fact]
    public void Scrambled_points_have_a_tenth_of_the_discrepancy_of_random_ones_or_less()
    {
        var random = new SplitMix64(1);
        var sequence = new SobolSequence(4, seed: 1);
        var drawn = Discrepancy([.. Enumerable.Range(0, 256).Select(_ => new[] { random.NextUniform(), random.NextUniform(), random.NextUniform(), random.NextUniform() })]);
        var sobol = Discrepancy([.. Enumerable.Range(0, 256).Select(place => sequence.Point((uint)place))]);
        // Squares, so that a tenth is a little less than a third of the distance itself.
        Assert.True(sobol < drawn / 10, $"{sobol} {drawn}");
    }

    [Fact]
    public void More_dimensions_than_the_table_has_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SobolSequence(SobolDirections.MostDimensions + 1));

    /// <summary>The square of the L2 star discrepancy by Warnock's formula (1972).</summary>
    private static double Discrepancy(double[][] points)
    {
        var (n, d) = (points.Length, points[0].Length);
        var single = points.Sum(point => point.Aggregate(1.0, (product, x) => product * (1 - x * x) / 2));
        var pairs = points.Sum(a => points.Sum(b => a.Zip(b).Aggregate(1.0, (product, x) => product * (1 - Math.Max(x.First, x.Second)))));
        return Math.Pow(3, -d) - 2.0 / n * single + pairs / ((double)n * n);
    }

    /// <summary>Whether x generates all 2^degree - 1 nonzero remainders modulo the polynomial.</summary>
    private static bool IsPrimitive(int degree, uint polynomial)
    {
        var (power, order) = (1u, 0);
        do
        {
            power <<= 1;
            if ((power >> degree) == 1) power ^= polynomial;
            order++;
        }
        while (power != 1 && order < 1 << degree);
        return order == (1 << degree) - 1;
    }

    private static int Rank(uint[] rows)
    {
        var rank = 0;
        for (var bit = 31; bit >= 0; bit--)
        {
            var pivot = Array.FindIndex(rows, rank, row => BitOperations.LeadingZeroCount(row) == 31 - bit);
            if (pivot < 0) continue;
            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            for (var other = rank + 1; other < rows.Length; other++)
                if (((rows[other] >> bit) & 1) == 1) rows[other] ^= rows[rank];
            rank++;
        }
        return rank;
    }
}
