using MathNet.Numerics;

namespace Sweeps.Core.Search;

/// <summary>A real number in [0, 1] with the density proportional to x^(A-1) (1-x)^(B-1).</summary>
public sealed record BetaDistribution(double A, double B) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "beta";

    /// <inheritdoc/>
    public override double Low => 0;

    /// <inheritdoc/>
    public override double High => 1;

    /// <summary>
    /// The smallest double at which the regularized incomplete beta function reaches <paramref name="uniform"/>: bisection over the bit
    /// patterns of the doubles from 0 to 1, whose order is that of the numbers, so that tiny quantiles are as exact as large ones.
    /// </summary>
    public override double Quantile(double uniform)
    {
        var (below, reached) = (-1L, BitConverter.DoubleToInt64Bits(1));
        while (reached - below > 1)
        {
            var middle = below + (reached - below) / 2;
            if (SpecialFunctions.BetaRegularized(A, B, BitConverter.Int64BitsToDouble(middle)) >= uniform) reached = middle;
            else below = middle;
        }
        return BitConverter.Int64BitsToDouble(reached);
    }
}
