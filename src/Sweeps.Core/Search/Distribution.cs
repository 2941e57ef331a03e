namespace Sweeps.Core.Search;

/// <summary>
/// The values that a parameter may take, and how likely they are, with the meaning of Weights &amp; Biases sweep files. Every distribution is
/// drawn by inverting its cumulative distribution function at one uniform number.
/// </summary>
public abstract record Distribution
{
    /// <summary>Name in a sweep file.</summary>
    public abstract string Name { get; }

    /// <summary>How many values a grid lists, each as likely as the others; null where there is no such list.</summary>
    public abstract long? Count { get; }

    /// <summary>The value below which <paramref name="uniform"/>, in [0, 1), of the distribution lies.</summary>
    public abstract ParameterValue Inverse(double uniform);

    /// <summary>The values in order; only where <see cref="Count"/> is not null.</summary>
    /// <exception cref="InvalidOperationException">The distribution has no list of values.</exception>
    public virtual IEnumerable<ParameterValue> Values() => throw new InvalidOperationException($"The distribution {Name} has no list of values.");

    /// <summary>Whether a value can be drawn.</summary>
    public abstract bool Contains(ParameterValue value);
}

/// <summary>A real number between two bounds, which may be infinite.</summary>
public abstract record ContinuousDistribution : Distribution
{
    /// <inheritdoc/>
    public sealed override long? Count => null;

    /// <summary>The smallest number that can be drawn, or negative infinity.</summary>
    public abstract double Low { get; }

    /// <summary>The largest number that can be drawn, or infinity.</summary>
    public abstract double High { get; }

    /// <summary>The number below which <paramref name="uniform"/>, in [0, 1), of the distribution lies.</summary>
    public abstract double Quantile(double uniform);

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) => ParameterValue.Of(Bounded(Quantile(uniform)));

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => value.AsDouble is { } number && double.IsFinite(number) && number >= Low && number <= High;

    /// <summary>Rounding may lead an ulp beyond the bounds, and an exponential beyond all numbers.</summary>
    protected double Bounded(double number) => Math.Clamp(number, Math.Max(Low, -double.MaxValue), Math.Min(High, double.MaxValue));
}
