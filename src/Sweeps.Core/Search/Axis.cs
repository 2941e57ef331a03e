using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// The part of [0, 1) in which a parameter has one value: the uniform numbers that <see cref="Distribution.Inverse"/> turns into it. It has
/// no width for a continuous parameter; otherwise its width is the value's probability.
/// </summary>
/// <param name="Low">Where it begins.</param>
/// <param name="High">Where it ends.</param>
public readonly record struct Cell(double Low, double High)
{
    /// <summary>The number in [0, 1) that stands for the value.</summary>
    public double Middle => Math.Min((Low + High) / 2, Math.BitDecrement(1.0));

    /// <summary>Probability of the value.</summary>
    public double Width => High - Low;
}

/// <summary>
/// One varying parameter as an axis of the unit cube, by the cumulative distribution function of its distribution: equal lengths are
/// equally likely, so a log-uniform parameter is searched in its logarithm, a normal one most finely about its mean. Nothing but
/// <see cref="Distribution.Inverse"/> is needed: the function's own values are found by bisection, and remembered.
/// </summary>
public sealed class Axis
{
    /// <summary>A cell narrower than this is a continuous parameter's.</summary>
    private const double Narrow = 1e-9;

    /// <summary>Places at which a distribution is looked at to see whether it is continuous.</summary>
    private const int Probes = 32;

    /// <summary>As many rising or falling numbers as show that the values are ordered.</summary>
    private const int EnoughToSee = 1000;

    private readonly Distribution distribution;
    private readonly Dictionary<ParameterValue, int> places = [];
    private readonly Dictionary<ParameterValue, Cell> cells = [];
    private readonly double direction;
    private readonly bool isContinuous;

    internal Axis(Distribution distribution)
    {
        this.distribution = distribution;
        direction = ValueAt(0).AsDouble <= ValueAt(Math.BitDecrement(1.0)).AsDouble ? 1 : -1;
        // From cell to cell, until it is clear that the values are ordered; a list without order is gone through to its end.
        var (walked, isOrdered) = (0, true);
        for (var (low, before) = (0.0, double.NegativeInfinity); low < 1; walked++)
        {
            var value = ValueAt(low);
            var cell = new Cell(low, First(low, uniform => !ValueAt(uniform).Equals(value)));
            isOrdered &= value.AsDouble is { } number && direction * number > before;
            if (isOrdered && (cell.Width < Narrow || walked == EnoughToSee)) break;
            if (places.TryAdd(value, places.Count)) cells[value] = cell;
            (low, before) = (cell.High, isOrdered ? Along(value) : before);
        }
        isContinuous = isOrdered && Enumerable.Range(0, Probes).All(probe => IsAlone((probe + 0.5) / Probes));
        if (!isOrdered) Choices = [.. places.OrderBy(choice => choice.Value).Select(choice => cells[choice.Key])];
    }

    /// <summary>
    /// The cells of the values of a parameter without order; empty when the values have one. Numbers that rise or fall with the uniform
    /// number are ordered, and so is a list of them; any other list is not.
    /// </summary>
    public ImmutableArray<Cell> Choices { get; } = [];

    /// <summary>Whether near values are alike.</summary>
    public bool IsOrdered => Choices.IsEmpty;

    /// <summary>Place of a value among <see cref="Choices"/>.</summary>
    public int ChoiceOf(ParameterValue value) => places[value];

    /// <summary>The value at a number in [0, 1).</summary>
    public ParameterValue ValueAt(double uniform) => distribution.Inverse(uniform);

    /// <summary>The cell of a value that the parameter can take.</summary>
    public Cell CellOf(ParameterValue value)
    {
        if (cells.TryGetValue(value, out var known)) return known;
        var number = Along(value);
        var low = First(0, uniform => Along(ValueAt(uniform)) >= number);
        return cells[value] = new Cell(low, isContinuous ? low : First(low, uniform => Along(ValueAt(uniform)) > number));
    }

    /// <summary>The cell about a number in [0, 1).</summary>
    public Cell CellAt(double uniform) => isContinuous || IsAlone(uniform) ? new Cell(uniform, uniform) : CellOf(ValueAt(uniform));

    private bool IsAlone(double uniform) => uniform >= Narrow && uniform < 1 - Narrow && ValueAt(uniform) is var value
        && !ValueAt(uniform - Narrow).Equals(value) && !ValueAt(uniform + Narrow).Equals(value);

    /// <summary>An ordered value as a number that rises along the axis.</summary>
    private double Along(ParameterValue value) => direction * value.AsDouble!.Value;

    /// <summary>Where a claim that is false up to some number and true from there on becomes true; 1 when it never does.</summary>
    private static double First(double from, Func<double, bool> claim)
    {
        var (low, high) = (from, 1.0);
        if (claim(low)) return low;
        while ((low + high) / 2 is var middle && middle > low && middle < high && high - low > 1e-15)
        {
            if (claim(middle)) high = middle;
            else low = middle;
        }
        return high;
    }
}
