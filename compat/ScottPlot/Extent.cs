namespace ScottPlot;

/// <summary>Ranges of x and y; NaN values are left out, and an empty range has its ends reversed.</summary>
internal readonly record struct Extent(double Left, double Right, double Bottom, double Top)
{
    public static Extent Empty { get; } =
        new(double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity);

    public static Extent Of(IEnumerable<double> xs, IEnumerable<double> ys)
    {
        var (left, right) = Range(xs);
        var (bottom, top) = Range(ys);
        return new(left, right, bottom, top);
    }

    public Extent And(Extent other) => new(
        Math.Min(Left, other.Left), Math.Max(Right, other.Right), Math.Min(Bottom, other.Bottom), Math.Max(Top, other.Top));

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(double.IsFinite)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return (low, high);
    }
}
