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
/// <see cref="Distribution.Inverse"/> is needed: the function's own values are found by bisection and remembered.
/// </summary>
public sealed class Axis
{
    /// <summary>Values that are closer together than this are told apart by nothing that a search could learn.</summary>
    private const double Resolution = 1e-9;
    /// <summary>As many values as show whether a list rises or falls: longer ones are ranges of numbers.</summary>
    private const int EnoughToSee = 1000;

    private readonly Distribution distribution;
    private readonly Dictionary<ParameterValue, double> ranks = [];
    private readonly Dictionary<ParameterValue, Cell> cells = [];
    private readonly double direction = 1;

    internal Axis(Distribution distribution)
    {
        this.distribution = distribution;
        if (distribution.Count is null)
        {
            direction = distribution.Inverse(0.25).AsDouble <= distribution.Inverse(0.75).AsDouble ? 1 : -1;
            return;
        }
        var numbers = distribution.Values().Take(EnoughToSee).Select(value => value.AsDouble ?? double.NaN).ToArray();
        if (numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second)) return;
        direction = -1;
        if (numbers.Zip(numbers.Skip(1)).All(pair => pair.First > pair.Second)) return;
        direction = 1;
        foreach (var value in distribution.Values()) ranks.TryAdd(value, ranks.Count);
        Choices = [.. ranks.Keys.OrderBy(value => ranks[value]).ToArray().Select(CellOf)];
    }

    /// <summary>
    /// The cells of the values of a parameter without order, in the order of the list; empty when the values have one. A list of numbers
    /// that rise or fall is ordered; any other list is not.
    /// </summary>
    public ImmutableArray<Cell> Choices { get; } = [];

    /// <summary>Whether near values are alike.</summary>
    public bool IsOrdered => Choices.IsEmpty;

    /// <summary>Place of a value among <see cref="Choices"/>.</summary>
    public int ChoiceOf(ParameterValue value) => (int)ranks[value];

    /// <summary>The value at a uniform number.</summary>
    public ParameterValue ValueAt(double uniform) => distribution.Inverse(uniform);

    /// <summary>The cell of a value that the parameter can take.</summary>
    public Cell CellOf(ParameterValue value)
    {
        if (cells.TryGetValue(value, out var known)) return known;
        var rank = Rank(value);
        return cells[value] = new Cell(First(uniform => Rank(ValueAt(uniform)) >= rank), First(uniform => Rank(ValueAt(uniform)) > rank));
    }

    /// <summary>The cell about a uniform number.</summary>
    public Cell CellAt(double uniform)
    {
        var value = ValueAt(uniform);
        var isAlone = uniform >= Resolution && uniform < 1 - Resolution
            && !ValueAt(uniform - Resolution).Equals(value) && !ValueAt(uniform + Resolution).Equals(value);
        return isAlone ? new Cell(uniform, uniform) : CellOf(value);
    }

    /// <summary>A number that does not fall along the axis.</summary>
    private double Rank(ParameterValue value) => ranks.Count > 0 ? ranks[value] : direction * value.AsDouble!.Value;

    /// <summary>Where a claim that is false before some number and true from there on becomes true; 1 when it never does.</summary>
    private static double First(Func<double, bool> claim)
    {
        var (low, high) = (0.0, 1.0);
        if (claim(low)) return low;
        while (high - low > 1e-15)
        {
            var middle = (low + high) / 2;
            if (claim(middle)) high = middle;
            else low = middle;
        }
        return high;
    }
}

/// <summary>A search space as the unit cube, one <see cref="Axis"/> for each parameter that varies, in the order of the space.</summary>
public sealed class UnitCube
{
    private readonly ImmutableArray<SearchParameter> varying;
    private readonly ImmutableDictionary<string, ParameterValue> constants;

    /// <summary>The cube of a space.</summary>
    public UnitCube(SearchSpace space)
    {
        varying = [.. space.Parameters.Where(parameter => parameter.Varies)];
        constants = space.Parameters.Where(parameter => !parameter.Varies)
            .ToImmutableDictionary(parameter => parameter.Name, parameter => parameter.Distribution.Inverse(0.5));
        Axes = [.. varying.Select(parameter => new Axis(parameter.Distribution))];
    }

    /// <summary>The axes.</summary>
    public ImmutableArray<Axis> Axes { get; }

    /// <summary>The point of the space at uniform numbers in [0, 1), one for each axis; parameters that do not vary have their value.</summary>
    public ImmutableDictionary<string, ParameterValue> PointAt(IReadOnlyList<double> uniforms) => constants.SetItems(
        varying.Select((parameter, axis) => KeyValuePair.Create(parameter.Name, parameter.Distribution.Inverse(uniforms[axis]))));

    /// <summary>The values of a point on the axes.</summary>
    public ParameterValue[] ValuesOf(IReadOnlyDictionary<string, ParameterValue> point) => [.. varying.Select(parameter => point[parameter.Name])];
}
