namespace Sweeps.Core.Search;

/// <summary>A positive real number whose natural logarithm is uniform between <paramref name="Min"/> and <paramref name="Max"/>: the bounds are exponents of e.</summary>
public sealed record LogUniformDistribution(double Min, double Max) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "log_uniform";

    /// <inheritdoc/>
    public override double Low => Math.Exp(Min);

    /// <inheritdoc/>
    public override double High => Math.Exp(Max);

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Math.Exp(Min + (Max - Min) * uniform);
}

/// <summary>A positive real number whose logarithm is uniform between those of <paramref name="Min"/> and <paramref name="Max"/>.</summary>
public sealed record LogUniformValuesDistribution(double Min, double Max) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "log_uniform_values";

    /// <inheritdoc/>
    public override double Low => Min;

    /// <inheritdoc/>
    public override double High => Max;

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Math.Exp(Math.Log(Min) + (Math.Log(Max) - Math.Log(Min)) * uniform);
}

/// <summary>
/// A positive real number X for which ln(1/X) is uniform between <paramref name="Min"/> and <paramref name="Max"/>, so that X lies between
/// exp(-Max) and exp(-Min).
/// </summary>
public sealed record InverseLogUniformDistribution(double Min, double Max) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "inv_log_uniform";

    /// <inheritdoc/>
    public override double Low => Math.Exp(-Max);

    /// <inheritdoc/>
    public override double High => Math.Exp(-Min);

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Math.Exp(-(Min + (Max - Min) * (1 - uniform)));
}

/// <summary>
/// A positive real number X for which ln(1/X) is uniform between ln(1/<paramref name="Max"/>) and ln(1/<paramref name="Min"/>). That is
/// log_uniform_values again: the logarithm of 1/X is uniform exactly when that of X is.
/// </summary>
public sealed record InverseLogUniformValuesDistribution(double Min, double Max) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "inv_log_uniform_values";

    /// <inheritdoc/>
    public override double Low => Min;

    /// <inheritdoc/>
    public override double High => Max;

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Math.Exp(Math.Log(Max) - (Math.Log(Max) - Math.Log(Min)) * (1 - uniform));
}
