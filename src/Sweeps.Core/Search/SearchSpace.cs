using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>One dimension of a search space.</summary>
/// <param name="Name">Parameter name; dots for nesting.</param>
/// <param name="Distribution">Its values.</param>
public sealed record SearchParameter(string Name, Distribution Distribution)
{
    /// <summary>Whether configurations can differ in it.</summary>
    public bool Varies => Distribution.Count is not 1;
}

/// <summary>The parameters of a sweep, sorted by name at each level of nesting.</summary>
public sealed class SearchSpace
{
    /// <summary>Sorts the parameters; the order in which they were written has no meaning.</summary>
    public SearchSpace(IEnumerable<SearchParameter> parameters)
    {
        Parameters = [.. parameters.OrderBy(parameter => parameter.Name.Split('.'), Comparer<string[]>.Create(CompareLevels))];
        Varying = Parameters.Where(parameter => parameter.Varies).Select(parameter => parameter.Name).ToImmutableHashSet();
    }

    /// <summary>The parameters in order.</summary>
    public ImmutableArray<SearchParameter> Parameters { get; }

    /// <summary>Names of the parameters that configurations can differ in.</summary>
    public ImmutableHashSet<string> Varying { get; }

    /// <summary>Number of points, <see cref="long.MaxValue"/> where there are more, or null when a parameter is continuous.</summary>
    public long? Count => Parameters.Aggregate((long?)1, (product, parameter) => (product, parameter.Distribution.Count) switch
    {
        ({ } a, { } b) => a > long.MaxValue / b ? long.MaxValue : a * b,
        _ => null,
    });

    /// <summary>Whether a point gives every parameter, and nothing else, a value that it can take.</summary>
    public bool Contains(IReadOnlyDictionary<string, ParameterValue> point) => point.Count == Parameters.Length
        && Parameters.All(parameter => point.TryGetValue(parameter.Name, out var value) && parameter.Distribution.Contains(value));

    private static int CompareLevels(string[]? a, string[]? b)
    {
        for (var level = 0; level < Math.Min(a!.Length, b!.Length); level++)
            if (string.CompareOrdinal(a[level], b[level]) is not 0 and var order) return order;
        return a.Length - b!.Length;
    }
}
