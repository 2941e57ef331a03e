using MathNet.Numerics.Distributions;

namespace Sweeps.Core.Search;

/// <summary>A normally distributed real number with mean <paramref name="Mu"/> and standard deviation <paramref name="Sigma"/>.</summary>
public sealed record NormalDistribution(double Mu, double Sigma) : ContinuousDistribution
{
    // Half of the smallest step of the uniform numbers: 0 would be minus infinity.
    private const double Least = 1.0 / (1L << 54);

    /// <inheritdoc/>
    public override string Name => "normal";

    /// <inheritdoc/>
    public override double Low => double.NegativeInfinity;

    /// <inheritdoc/>
    public override double High => double.PositiveInfinity;

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Mu + Sigma * Normal.InvCDF(0, 1, Math.Max(uniform, Least));
}

/// <summary>A positive real number whose natural logarithm is normal with mean <paramref name="Mu"/> and standard deviation <paramref name="Sigma"/>.</summary>
public sealed record LogNormalDistribution(double Mu, double Sigma) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "log_normal";

    /// <inheritdoc/>
    public override double Low => 0;

    /// <inheritdoc/>
    public override double High => double.PositiveInfinity;

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Math.Exp(new NormalDistribution(Mu, Sigma).Quantile(uniform));
}
