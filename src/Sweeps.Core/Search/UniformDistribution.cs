using System.Numerics;

namespace Sweeps.Core.Search;

/// <summary>A real number in [<paramref name="Min"/>, <paramref name="Max"/>), all as likely.</summary>
public sealed record UniformDistribution(double Min, double Max) : ContinuousDistribution
{
    /// <inheritdoc/>
    public override string Name => "uniform";

    /// <inheritdoc/>
    public override double Low => Min;

    /// <inheritdoc/>
    public override double High => Max;

    /// <inheritdoc/>
    public override double Quantile(double uniform) => Min + (Max - Min) * uniform;
}

/// <summary>
/// What a grid makes of q_uniform: <paramref name="Min"/>, <paramref name="Min"/> + <paramref name="Q"/>, ... below <paramref name="Max"/>,
/// which is excluded. (Drawn at random, q_uniform gives multiples of q instead: <see cref="QuantizedDistribution"/>.) The steps are exact
/// for decimals: from 0 by 0.1, the third is 0.3.
/// </summary>
public sealed record SteppedDistribution(double Min, double Max, double Q) : Distribution
{
    /// <inheritdoc/>
    public override string Name => "q_uniform";

    /// <inheritdoc/>
    public override long? Count
    {
        get
        {
            var span = Fraction.Of(Max) - Fraction.Of(Min);
            var steps = Fraction.Of(span.Numerator * Fraction.Of(Q).Denominator, span.Denominator * Fraction.Of(Q).Numerator);
            return (long)BigInteger.Min(long.MaxValue, (steps.Numerator + steps.Denominator - 1) / steps.Denominator);
        }
    }

    /// <inheritdoc/>
    public override ParameterValue Inverse(double uniform) => Step((long)Math.Min(uniform * Count!.Value, Count.Value - 1));

    /// <inheritdoc/>
    public override IEnumerable<ParameterValue> Values()
    {
        var count = Count!.Value;
        for (var step = 0L; step < count; step++) yield return Step(step);
    }

    /// <inheritdoc/>
    public override bool Contains(ParameterValue value) =>
        value.AsDouble is { } number && number >= Min && number < Max && Step((long)Math.Round((number - Min) / Q)).Equals(value);

    private ParameterValue Step(long step) => ParameterValue.Of(step == 0 ? Min : (Fraction.Of(Min) + Fraction.Of(Q) * step).ToDouble());
}
