namespace ScottPlot.TickGenerators;

/// <summary>Ticks at multiples of 1, 2 or 5 times a power of ten, as many as fit without their labels touching.</summary>
public class NumericAutomatic : ITickGenerator
{
    private const double GapBetweenLabels = 40;
    private const int MinorPerMajor = 5;

    public Tick[] Ticks { get; set; } = [];

    public Func<double, string> LabelFormatter { get; set; } = LabelFormatters.Numeric;

    void ITickGenerator.Regenerate(double min, double max, double pixels, Edge edge, LabelStyle style)
    {
        var span = max - min;
        if (!(span > 0) || !double.IsFinite(span) || pixels < 1)
        {
            Ticks = [];
            return;
        }

        foreach (var (mantissa, exponent) in Steps(span))
        {
            var positions = Multiples(min, max, mantissa, exponent).ToArray();
            var labels = positions.Select(LabelFormatter).ToArray();
            var needed = edge is Edge.Left or Edge.Right
                ? style.Height * 2
                : labels.Select(style.Width).DefaultIfEmpty(0).Max() + GapBetweenLabels;
            var step = mantissa * Math.Pow(10, exponent);
            if (step / span * pixels < needed) continue;
            Ticks = [.. positions.Zip(labels, Tick.Major), .. MinorPositions(min, max, step).Select(Tick.Minor)];
            return;
        }
    }

    /// <summary>Steps from about a hundredth of the span up to beyond it, ascending.</summary>
    private static IEnumerable<(int Mantissa, int Exponent)> Steps(double span)
    {
        var smallest = (int)Math.Floor(Math.Log10(span)) - 2;
        for (var exponent = smallest; exponent < smallest + 6; exponent++)
            foreach (var mantissa in (int[])[1, 2, 5])
                yield return (mantissa, exponent);
    }

    /// <summary>Computed from whole numbers, so that 0.3 is 0.3 and not 0.30000000000000004.</summary>
    private static IEnumerable<double> Multiples(double min, double max, int mantissa, int exponent)
    {
        var step = mantissa * Math.Pow(10, exponent);
        for (var i = Math.Ceiling(min / step - 1e-9); i * step <= max + step * 1e-9; i++)
            yield return exponent < 0 ? i * mantissa / Math.Pow(10, -exponent) : i * step;
    }

    private static IEnumerable<double> MinorPositions(double min, double max, double step)
    {
        var minor = step / MinorPerMajor;
        for (var i = Math.Ceiling(min / minor); i * minor <= max; i++)
            if (i % MinorPerMajor != 0) yield return i * minor;
    }
}
