using System.Globalization;

namespace Sweeps.Core.Statistics;

/// <summary>How values of metrics are written everywhere: losses and shares with four decimals, speeds and sizes with no more digits than they are good for.</summary>
public static class MetricText
{
    /// <summary>A value: <c>1.4697</c>, <c>812.3</c>, <c>24,310</c>; a tiny one as <c>3.1e-6</c>.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        > 0 and < 5e-5 => value.ToString("0.0e+0", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0000", CultureInfo.InvariantCulture),
        < 10_000 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>A difference, with its sign.</summary>
    public static string Signed(double value) => (value > 0 ? "+" : "") + Of(value);
}
