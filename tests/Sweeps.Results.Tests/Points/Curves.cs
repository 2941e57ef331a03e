using FsCheck;
using FsCheck.Fluent;
using Sweeps.Results.Queries;

namespace Sweeps.Results.Tests.Points;

/// <summary>Curves of any kind: regular and irregular steps, spikes, gaps and numbers at the ends of their ranges.</summary>
internal static class Curves
{
    public static Arbitrary<CurvePoint[]> Any { get; } =
        (from count in Gen.Choose(0, 600)
         from seed in Gen.Choose(0, int.MaxValue)
         from regular in Gen.Elements(true, false)
         select Of(count, seed, regular)).ToArbitrary();

    private static CurvePoint[] Of(int count, int seed, bool regular)
    {
        var random = new Random(seed);
        var points = new CurvePoint[count];
        var step = regular ? 0L : random.NextInt64(-5, long.MaxValue / 2);
        for (var i = 0; i < count; i++)
        {
            step += regular ? 10 : random.Next(50) == 0 ? random.NextInt64(1, 1L << 40) : random.Next(1, 300);
            var value = random.Next(20) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                2 => double.NegativeInfinity,
                3 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                _ => random.NextDouble(),
            };
            points[i] = new CurvePoint(step, value, regular ? 512 * step : random.NextInt64(long.MinValue, long.MaxValue), random.NextDouble() * 1e6);
        }
        return points;
    }
}
