using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>Every combination of the parameters' values, the last parameter varying fastest.</summary>
public static class GridSearch
{
    /// <summary>The points in order, made while they are read.</summary>
    /// <exception cref="InvalidOperationException">A parameter is continuous.</exception>
    public static IEnumerable<ImmutableDictionary<string, ParameterValue>> Points(SearchSpace space)
    {
        if (space.Count is null) throw new InvalidOperationException("A grid needs parameters with a list of values.");
        return From(space.Parameters, 0, ImmutableDictionary<string, ParameterValue>.Empty);
    }

    private static IEnumerable<ImmutableDictionary<string, ParameterValue>> From(
        ImmutableArray<SearchParameter> parameters, int level, ImmutableDictionary<string, ParameterValue> point)
    {
        if (level == parameters.Length) return [point];
        return parameters[level].Distribution.Values().SelectMany(value => From(parameters, level + 1, point.SetItem(parameters[level].Name, value)));
    }
}
