using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Sweeps.Core.Statistics;

/// <summary>Mean and spread of some independent measurements.</summary>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Sd">Their standard deviation with divisor n - 1; null for a single one, which says nothing about the spread.</param>
public sealed record Sample(int Count, double Mean, double? Sd)
{
    /// <summary>Spreads below this part of the values' size are rounding, not noise.</summary>
    internal const double Rounding = 1e-12;

    // A quantile is searched for, and a chart asks for the same one at every point.
    private static readonly ConcurrentDictionary<int, double> Reaches = [];

    /// <summary>Describes the values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Sample Of(IReadOnlyCollection<double> values)
    {
        var all = values as double[] ?? [.. values];
        var scale = 0.0;
        foreach (var value in all)
            if (Math.Abs(value) > scale) scale = Math.Abs(value);
        return Of(all, scale);
    }

    /// <summary>The same for differences, where what counts as rounding depends on the size of the numbers that were subtracted.</summary>
    internal static Sample Of(IReadOnlyCollection<double> values, double scale)
    {
        if (values.Count == 0) throw new ArgumentException("A sample needs at least one value.", nameof(values));
        // Loops, because charts describe hundreds of thousands of samples.
        var all = values as double[] ?? [.. values];
        var sum = 0.0;
        foreach (var value in all) sum += value;
        var mean = sum / all.Length;
        if (all.Length == 1) return new Sample(1, mean, null);
        var squares = 0.0;
        foreach (var value in all) squares += (value - mean) * (value - mean);
        var sd = Math.Sqrt(squares / (all.Length - 1));
        return new Sample(all.Length, Math.Abs(mean) <= Rounding * scale ? 0 : mean, sd <= Rounding * scale ? 0 : sd);
    }

    /// <summary>Standard error of the mean; null for a single value.</summary>
    public double? StandardError => Sd / Math.Sqrt(Count);

    /// <summary>Student's 95% interval of the mean; null for a single value.</summary>
    public Interval? Interval()
    {
        if (StandardError is not { } error) return null;
        var reach = Reaches.GetOrAdd(Count - 1, static freedom => StudentT.InvCDF(0, 1, freedom, 0.975)) * error;
        return new Interval(Mean - reach, Mean + reach);
    }
}
