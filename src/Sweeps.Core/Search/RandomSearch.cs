using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// Independent draws (Bergstra and Bengio 2012): one uniform number for each parameter, in the order of the space, turned into a value by
/// the inverse of its distribution. A point that came before is drawn again, since the same configuration would teach nothing new.
/// </summary>
public static class RandomSearch
{
    private const int MostRepeats = 1000;

    /// <summary>
    /// Up to <paramref name="count"/> different points, <paramref name="first"/> in front where it is given; fewer when the space has no
    /// more. The same seed gives the same points on every machine and runtime.
    /// </summary>
    public static IEnumerable<ImmutableDictionary<string, ParameterValue>> Points(
        SearchSpace space, int count, ulong seed, ImmutableDictionary<string, ParameterValue>? first = null)
    {
        var random = new SplitMix64(seed);
        var points = space.Count is { } size && size / 2 <= count ? Shuffled([.. GridSearch.Points(space)], random) : Draws(space, random);
        var seen = new HashSet<string>();
        var repeats = 0;
        foreach (var point in first is null ? points : points.Prepend(first))
        {
            if (seen.Count == count || repeats == MostRepeats) yield break;
            var isNew = seen.Add(Configuration.Canonical(point));
            repeats = isNew ? 0 : repeats + 1;
            if (isNew) yield return point;
        }
    }

    private static IEnumerable<ImmutableDictionary<string, ParameterValue>> Draws(SearchSpace space, SplitMix64 random)
    {
        while (true)
            yield return space.Parameters.ToImmutableDictionary(parameter => parameter.Name, parameter => parameter.Distribution.Inverse(random.NextUniform()));
    }

    /// <summary>Where most points are wanted, drawing until they are all different would take long: Fisher and Yates's shuffle instead.</summary>
    private static IEnumerable<ImmutableDictionary<string, ParameterValue>> Shuffled(ImmutableDictionary<string, ParameterValue>[] points, SplitMix64 random)
    {
        for (var last = points.Length - 1; last >= 0; last--)
        {
            var chosen = (int)(random.NextUniform() * (last + 1));
            (points[chosen], points[last]) = (points[last], points[chosen]);
            yield return points[last];
        }
    }
}
