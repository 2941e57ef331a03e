namespace Sweeps.Core.Search;

/// <summary>
/// The multiple of <paramref name="Q"/> nearest to a draw of another distribution, halves to the even multiple: q_uniform, q_normal and so
/// on. The multiples are exact for decimals: 3 times 0.1 is 0.3.
/// </summary>
public sealed record QuantizedDistribution(ContinuousDistribution Of, double Q) : ContinuousDistribution
{
    private readonly Fraction step = Fraction.Of(Q);

    /// <inheritdoc/>
    public override string Name => "q_" + Of.Name;

    /// <inheritdoc/>
    public override double Low => Nearest(Of.Low);

    /// <inheritdoc/>
    public override double High => Nearest(Of.High);

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Nearest(Of.Inverse(uniform).AsDouble!.Value);

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) => base.Contains(value) && Nearest(value.AsDouble!.Value) == value.AsDouble;

    private double Nearest(double number)
    {
        var multiple = Math.Round(number / Q, MidpointRounding.ToEven);
        // Beyond 2^53 neither the quotient nor the product has a fraction to be exact about.
        return Math.Abs(multiple) < 1L << 53 ? (step * (long)multiple).ToDouble() : multiple * Q;
    }
}
