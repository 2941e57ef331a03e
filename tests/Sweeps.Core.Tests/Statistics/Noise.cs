using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Statistics;

/// <summary>Standard normal numbers by Box and Muller's transformation.</summary>
internal static class Noise
{
    public static double Next(SplitMix64 random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextUniform())) * Math.Cos(2 * Math.PI * random.NextUniform());
}
