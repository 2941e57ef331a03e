using MathNet.Numerics.Distributions;

namespace Sweeps.Core.Statistics;

/// <summary>What Student's t-test says about a difference.</summary>
public sealed record TTest
{
    /// <summary>The difference of the means.</summary>
    public required double Difference { get; init; }

    /// <summary>Its 95% interval; null where nothing tells how much it varies.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Standard error of the difference; null where nothing tells how much it varies.</summary>
    public double? StandardError { get; init; }

    /// <summary>The statistic; null without a spread to divide by.</summary>
    public double? T { get; init; }

    /// <summary>Degrees of freedom.</summary>
    public double? DegreesOfFreedom { get; init; }

    /// <summary>
    /// How likely a difference at least as large is when there is none; 1 when there is none in the data either. Null with fewer than two
    /// values, and when a difference is the same each time: repetitions that do not vary are not independent, and a test would claim
    /// certainty that it does not have.
    /// </summary>
    public double? P { get; init; }

    /// <summary>Two-sided paired test of <paramref name="values"/> - <paramref name="reference"/>, place by place.</summary>
    /// <exception cref="ArgumentException">The lists are empty or differ in length.</exception>
    public static TTest Paired(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        if (values.Count != reference.Count) throw new ArgumentException("Pairs need as many values as reference values.", nameof(reference));
        if (values.Count == 0) throw new ArgumentException("A paired test needs at least one pair.", nameof(values));
        var scale = values.Concat(reference).Max(Math.Abs);
        var differences = Sample.Of([.. values.Zip(reference, (value, other) => value - other)], scale);
        return Of(differences.Mean, differences.StandardError, differences.Count - 1);
    }

    /// <summary>Welch's two-sided test of the difference of two means, without pairs and without assuming equal spreads.</summary>
    /// <exception cref="ArgumentException">A list is empty.</exception>
    public static TTest Welch(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        var (a, b) = (Sample.Of(values), Sample.Of(reference));
        var difference = a.Mean - b.Mean;
        if (a.StandardError is not { } errorA || b.StandardError is not { } errorB) return new TTest { Difference = difference };
        var (varianceA, varianceB) = (errorA * errorA, errorB * errorB);
        var variance = varianceA + varianceB;
        var freedom = variance * variance / (varianceA * varianceA / (a.Count - 1) + varianceB * varianceB / (b.Count - 1));
        return Of(difference, Math.Sqrt(variance), variance > 0 ? freedom : a.Count + b.Count - 2);
    }

    /// <summary>
    /// The p-value of the NanoGPT speedrun's record rule: one-sample, one-sided, that the mean loss is below <paramref name="target"/>.
    /// Null with fewer than two losses or when they do not vary.
    /// </summary>
    public static double? Below(IReadOnlyCollection<double> losses, double target)
    {
        var sample = Sample.Of(losses);
        return sample.StandardError is > 0 and var error ? StudentT.CDF(0, 1, sample.Count - 1, (sample.Mean - target) / error) : null;
    }

    /// <summary>
    /// Whether one more value differs from those before, two-sided: the t-test of two groups of which one has a single value, so the spread is
    /// that of the others and the error sd sqrt(1 + 1/n).
    /// </summary>
    /// <param name="value">The new value.</param>
    /// <param name="before">Those before, at least one.</param>
    /// <param name="scale">Size of the numbers behind them, by which spreads are told from rounding.</param>
    internal static TTest OneMore(double value, IReadOnlyCollection<double> before, double scale)
    {
        var sample = Sample.Of(before, scale);
        return Of(value - sample.Mean, sample.Sd * Math.Sqrt(1 + 1.0 / sample.Count), sample.Count - 1);
    }

    private static TTest Of(double difference, double? error, double freedom)
    {
        if (error is not { } spread) return new TTest { Difference = difference };
        if (spread == 0) return new TTest { Difference = difference, StandardError = 0, DegreesOfFreedom = freedom, P = difference == 0 ? 1 : null };
        var t = difference / spread;
        var reach = StudentT.InvCDF(0, 1, freedom, 0.975) * spread;
        return new TTest
        {
            Difference = difference,
            Interval = new Interval(difference - reach, difference + reach),
            StandardError = spread,
            T = t,
            DegreesOfFreedom = freedom,
            P = Math.Min(1, 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(t))),
        };
    }
}
