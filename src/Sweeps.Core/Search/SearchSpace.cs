using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>One dimension of a search space.</summary>
/// <param name="Name">Parameter name; dots for nesting.</param>
/// <param name="Distribution">Its values.</param>
/// <param name="When">The condition under which it is part of a configuration; null for always.</param>
public sealed record SearchParameter(string Name, Distribution Distribution, Condition? When = null)
{
    /// <summary>Whether configurations can differ in its value.</summary>
    public bool Varies => Distribution.Count is not 1;
}

/// <summary>The parameters of a sweep, sorted by name at each level of nesting, and the combinations of them that are left out.</summary>
public sealed class SearchSpace
{
    private readonly FrozenDictionary<string, int> places;

    /// <summary>Sorts the parameters; the order in which they were written has no meaning.</summary>
    /// <param name="parameters">The parameters; their conditions name others of them, and none depends on itself.</param>
    /// <param name="skips">Combinations to leave out.</param>
    public SearchSpace(IEnumerable<SearchParameter> parameters, IEnumerable<SkipRule>? skips = null)
    {
        Parameters = [.. parameters.OrderBy(parameter => parameter.Name.Split('.'), Comparer<string[]>.Create(CompareLevels))];
        Skips = [.. skips ?? []];
        places = Parameters.Select((parameter, place) => (parameter.Name, place)).ToFrozenDictionary(pair => pair.Name, pair => pair.place);
        HasConditions = Parameters.Any(parameter => parameter.When is not null);
        var varying = Parameters.Where(parameter => parameter.Varies).Select(parameter => parameter.Name).ToImmutableHashSet();
        Varying = varying.ToImmutableSortedDictionary(name => name, name => ShortName(name, varying), StringComparer.Ordinal);
    }

    /// <summary>The parameters in order.</summary>
    public ImmutableArray<SearchParameter> Parameters { get; }

    /// <summary>Combinations that are left out.</summary>
    public ImmutableArray<SkipRule> Skips { get; }

    /// <summary>The parameters that configurations can differ in, and how a label names them: without the group where that is clear.</summary>
    public ImmutableSortedDictionary<string, string> Varying { get; }

    /// <summary>Whether a parameter is left out of some configurations.</summary>
    public bool HasConditions { get; }

    /// <summary>
    /// Number of combinations, before conditions and skips, <see cref="long.MaxValue"/> where there are more, or null when a parameter has
    /// no list of values.
    /// </summary>
    public long? Count => Parameters.Aggregate((long?)1, (product, parameter) => (product, parameter.Distribution.Count) switch
    {
        ({ } a, { } b) => a > long.MaxValue / b ? long.MaxValue : a * b,
        _ => null,
    });

    /// <summary>The place of a parameter in <see cref="Parameters"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public int PlaceOf(string name) => places[name];

    /// <summary>Whether a parameter is part of a configuration whose other values are known.</summary>
    /// <param name="parameter">One of <see cref="Parameters"/>.</param>
    /// <param name="valueOf">The value of the parameter at a place; asked only for those that the condition leads to.</param>
    public bool IsActive(SearchParameter parameter, Func<int, ParameterValue?> valueOf)
    {
        if (parameter.When is not { } condition) return true;
        var place = PlaceOf(condition.Parameter);
        return IsActive(Parameters[place], valueOf) && valueOf(place) is { } value && condition.Values.Contains(value);
    }

    /// <summary>The same for values by their names.</summary>
    public bool IsActive(SearchParameter parameter, IReadOnlyDictionary<string, ParameterValue> values) =>
        IsActive(parameter, place => values.GetValueOrDefault(Parameters[place].Name));

    /// <summary>The point without the parameters whose condition does not hold.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> WithoutInactive(ImmutableSortedDictionary<string, ParameterValue> point) =>
        !HasConditions ? point : point.RemoveRange(Parameters.Where(parameter => parameter.When is not null && !IsActive(parameter, point))
            .Select(parameter => parameter.Name).ToArray());

    /// <summary>Whether one of <see cref="Skips"/> leaves the point out.</summary>
    public bool IsSkipped(IReadOnlyDictionary<string, ParameterValue> point)
    {
        foreach (var skip in Skips)
            if (skip.Holds(point)) return true;
        return false;
    }

    /// <summary>Whether a point gives every parameter whose condition holds, and nothing else, a value that it can take, and is not skipped.</summary>
    public bool Contains(ImmutableSortedDictionary<string, ParameterValue> point) =>
        point.Keys.All(places.ContainsKey) && !IsSkipped(point) && Parameters.All(parameter =>
            IsActive(parameter, point)
                ? point.TryGetValue(parameter.Name, out var value) && parameter.Distribution.Contains(value) : !point.ContainsKey(parameter.Name));

    private static string ShortName(string name, IReadOnlySet<string> varying)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        return varying.Count(other => other == last || other.EndsWith("." + last, StringComparison.Ordinal)) == 1 ? last : name;
    }

    private static int CompareLevels(string[]? a, string[]? b)
    {
        for (var level = 0; level < Math.Min(a!.Length, b!.Length); level++)
            if (string.CompareOrdinal(a[level], b[level]) is not 0 and var order) return order;
        return a.Length - b!.Length;
    }
}
