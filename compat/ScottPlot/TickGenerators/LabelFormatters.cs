namespace ScottPlot.TickGenerators;

/// <summary>How numbers become labels of ticks.</summary>
public class LabelFormatters
{
    /// <summary>Whole and large numbers with thousands separators, others with the digits they have.</summary>
    public static string Numeric(double value)
    {
        if (value == Math.Truncate(value) || Math.Abs(value) > 1000) return value.ToString("N0");
        return Math.Round(value, 10).ToString("G");
    }
}
