using System.Collections.Immutable;
using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>A search space as the unit cube, one <see cref="Axis"/> for each parameter that varies, in the order of the space.</summary>
public sealed class UnitCube
{
    private readonly ImmutableArray<SearchParameter> varying;
    private readonly SearchSpace space;
    private readonly Point constants;

    /// <summary>The cube of a space.</summary>
    public UnitCube(SearchSpace space)
    {
        this.space = space;
        varying = [.. space.Parameters.Where(parameter => parameter.Varies)];
        constants = space.Parameters.Where(parameter => !parameter.Varies)
            .ToImmutableSortedDictionary(parameter => parameter.Name, parameter => parameter.Distribution.Inverse(0.5), StringComparer.Ordinal);
        Axes = [.. varying.Select(parameter => new Axis(parameter.Distribution))];
    }

    /// <summary>The axes.</summary>
    public ImmutableArray<Axis> Axes { get; }

    /// <summary>
    /// The point at uniform numbers in [0, 1), one for each axis, without the parameters whose condition does not hold; parameters that do
    /// not vary have their value. It may be one that the space skips.
    /// </summary>
    public Point PointAt(IReadOnlyList<double> uniforms) => space.WithoutInactive(
        constants.SetItems(varying.Select((parameter, axis) => KeyValuePair.Create(parameter.Name, parameter.Distribution.Inverse(uniforms[axis])))));

    /// <summary>The values of a point on the axes; null for a parameter that the point leaves out.</summary>
    public ParameterValue?[] ValuesOf(IReadOnlyDictionary<string, ParameterValue> point) =>
        [.. varying.Select(parameter => point.GetValueOrDefault(parameter.Name))];
}
