using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// Every combination of the parameters' values, the last parameter varying fastest. Combinations that only differ in parameters which are
/// left out are one point, at the place of the first of them.
/// </summary>
public sealed class GridSearch
{
    private readonly SearchSpace space;
    private readonly int[] varying;
    private readonly ParameterValue?[] values;
    private readonly IEnumerable<ParameterValue>[] listed;
    private readonly bool[] isFirst;

    /// <summary>The parameters with a condition that is decided once the parameter at a place has its value.</summary>
    private readonly ImmutableArray<SearchParameter>[] decided;

    private GridSearch(SearchSpace space)
    {
        this.space = space;
        varying = [.. Enumerable.Range(0, space.Parameters.Length).Where(place => space.Parameters[place].Varies)];
        values = [.. space.Parameters.Select(parameter => parameter.Varies ? null : parameter.Distribution.Values().First())];
        // The same objects for all points, where there can be points with all of them.
        listed = [.. space.Parameters.Select(parameter => parameter.Distribution.Count <= SweepPlan.MostCombinations ? [.. parameter.Distribution.Values()] : parameter.Distribution.Values())];
        isFirst = [.. space.Parameters.Select(_ => true)];
        decided = [.. space.Parameters.Select((_, place) => space.Parameters.Where(parameter => parameter.When is not null && DecidedAt(parameter) == place).ToImmutableArray())];
    }

    /// <summary>The points in order, made while they are read.</summary>
    /// <exception cref="InvalidOperationException">A parameter has no list of values.</exception>
    public static IEnumerable<ImmutableSortedDictionary<string, ParameterValue>> Points(SearchSpace space) => Combinations(space).OfType<ImmutableSortedDictionary<string, ParameterValue>>();

    /// <summary>The points in order, and null in the place of combinations that are skipped or were there before, so that a search through them can be ended.</summary>
    /// <exception cref="InvalidOperationException">A parameter has no list of values.</exception>
    public static IEnumerable<ImmutableSortedDictionary<string, ParameterValue>?> Combinations(SearchSpace space)
    {
        if (space.Count is null) throw new InvalidOperationException("A grid needs parameters with a list of values.");
        var constants = space.Parameters.Where(parameter => !parameter.Varies).ToImmutableSortedDictionary(
            parameter => parameter.Name, parameter => parameter.Distribution.Values().First(), StringComparer.Ordinal);
        return Enumerated();

        // A search of its own for each enumeration.
        IEnumerable<ImmutableSortedDictionary<string, ParameterValue>?> Enumerated()
        {
            foreach (var point in new GridSearch(space).From(0, constants)) yield return point;
        }
    }

    private IEnumerable<ImmutableSortedDictionary<string, ParameterValue>?> From(int level, ImmutableSortedDictionary<string, ParameterValue> point)
    {
        if (level == varying.Length)
        {
            var whole = space.WithoutInactive(point);
            yield return space.IsSkipped(whole) ? null : whole;
            yield break;
        }
        var place = varying[level];
        var parameter = space.Parameters[place];
        isFirst[place] = true;
        var isOpen = DecidedAt(parameter) >= place || IsActive(parameter);
        foreach (var value in listed[place])
        {
            values[place] = value;
            if (decided[place].IsEmpty || decided[place].All(other => isFirst[space.PlaceOf(other.Name)] || IsActive(other)))
                foreach (var found in From(level + 1, point.SetItem(parameter.Name, value))) yield return found;
            else yield return null;
            if (!isOpen) break;
            isFirst[place] = false;
        }
        isFirst[place] = true;
    }

    private bool IsActive(SearchParameter parameter) => space.IsActive(parameter, place => values[place]);

    /// <summary>The place of the last of those that a parameter's condition depends on, directly or through theirs; -1 for no condition.</summary>
    private int DecidedAt(SearchParameter parameter)
    {
        if (parameter.When is not { } condition) return -1;
        var place = space.PlaceOf(condition.Parameter);
        return Math.Max(space.Parameters[place].Varies ? place : -1, DecidedAt(space.Parameters[place]));
    }
}
