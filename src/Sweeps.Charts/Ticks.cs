using System.Globalization;
using ScottPlot.TickGenerators;

namespace Sweeps.Charts;

/// <summary>Ticks that the plot's own generator has no rule for: decimals of equal length, amounts with units, ratios.</summary>
internal static class Ticks
{
    private static readonly double[][] RatioSteps =
    [
        [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8],
        [1, 1.5, 2, 3, 5, 7],
        [1, 2, 5],
        [1],
    ];

    /// <summary>Multiples of 1, 2 or 5 times a power of ten, at most <paramref name="most"/>, all with the same number of decimals.</summary>
    public static NumericManual Decimal(double low, double high, int most)
    {
        var (values, decimals) = RoundValues(low, high, most);
        return new([.. values], [.. values.Select(value => Fixed(value, decimals))]);
    }

    /// <summary>The same for an axis on which values fall from left to right: a value stands at its negative.</summary>
    public static NumericManual Falling(double low, double high, int most)
    {
        var (values, decimals) = RoundValues(low, high, most);
        return new([.. values.Select(value => -value)], [.. values.Select(value => Fixed(value, decimals))]);
    }

    /// <summary>Ticks of a logarithmic axis of ratios between <paramref name="low"/> and <paramref name="high"/>; positions are log10.</summary>
    public static NumericManual Ratio(double low, double high, int most)
    {
        const double linearUpTo = 2.2;
        var values = high / low <= linearUpTo
            ? RoundValues(low, high, most).Values
            : RatioSteps.Select(steps => Decades(low, high, steps, 1)).FirstOrDefault(found => found.Length <= most)
                ?? Decades(low, high, [1], every: 1 + (int)(Math.Log10(high / low) / most));
        return new([.. values.Select(Math.Log10)], [.. values.Select(value => value.ToString("#,0.########", CultureInfo.InvariantCulture) + "×")]);
    }

    /// <summary>Ticks of a logarithmic axis between two values above 0; positions are log10.</summary>
    public static NumericManual Logarithmic(double low, double high, int most)
    {
        var values = RatioSteps.Select(steps => Decades(low, high, steps, 1)).FirstOrDefault(found => found.Length <= most)
            ?? Decades(low, high, [1], every: 1 + (int)(Math.Log10(high / low) / most));
        return new([.. values.Select(Math.Log10)], [.. values.Select(value => value.ToString("G3", CultureInfo.InvariantCulture))]);
    }

    /// <summary>Writes amounts up to <paramref name="largest"/> in one unit: 0, 0.5M, 1M, 1.5M.</summary>
    public static Func<double, string> Amount(double largest)
    {
        var (unit, suffix) = largest switch
        {
            >= 1e12 => (1e12, "T"),
            >= 1e9 => (1e9, "B"),
            >= 1e6 => (1e6, "M"),
            >= 1e4 => (1e3, "k"),
            _ => (1.0, ""),
        };
        return value => value == 0 ? "0" : (value / unit).ToString("#,0.####", CultureInfo.InvariantCulture) + suffix;
    }

    private static (double[] Values, int Decimals) RoundValues(double low, double high, int most)
    {
        for (var exponent = (int)Math.Floor(Math.Log10(high - low)) - 2; ; exponent++)
        {
            foreach (var mantissa in (int[])[1, 2, 5])
            {
                var (first, last) = (Math.Ceiling(low / Step() - 1e-9), Math.Floor(high / Step() + 1e-9));
                if (last - first + 1 > most) continue;
                var values = Enumerable.Range(0, Math.Max(0, (int)(last - first) + 1))
                    .Select(i => exponent < 0 ? (first + i) * mantissa / Math.Pow(10, -exponent) : (first + i) * Step());
                return ([.. values], Math.Max(0, -exponent));

                double Step() => mantissa * Math.Pow(10, exponent);
            }
        }
    }

    /// <summary>The steps of every decade, or of every so many decades; 1 is always among them where it lies between the ends.</summary>
    private static double[] Decades(double low, double high, double[] steps, int every)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        return
        [
            .. Enumerable.Range(first, last - first + 1).Where(exponent => exponent % every == 0)
                .SelectMany(exponent => steps.Select(step => exponent < 0 ? step / Math.Pow(10, -exponent) : step * Math.Pow(10, exponent)))
                .Where(value => value >= low && value <= high),
        ];
    }

    private static string Fixed(double value, int decimals) =>
        value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
