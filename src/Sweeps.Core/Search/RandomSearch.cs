using System.Collections.Immutable;

namespace Sweeps.Core.Search;

/// <summary>
/// Independent draws (Bergstra and Bengio 2012): one uniform number for each parameter, in the order of the space, turned into a value by
/// the inverse of its distribution. A point that came before is drawn again, since the same configuration would teach nothing new.
/// </summary>
public static class RandomSearch
{
    private const int MostRepeats = 1000;
    private const int MostSkipped = 100_000;
    private const int LeastBatch = 64;
    private const int MostBatch = 8192;

    /// <summary>
    /// Up to <paramref name="count"/> different points, <paramref name="first"/> in front where it is given; fewer when the space has no
    /// more. Points that the space skips are drawn again. The same seed gives the same points on every machine and runtime.
    /// </summary>
    public static IEnumerable<ImmutableSortedDictionary<string, ParameterValue>> Points(
        SearchSpace space, int count, ulong seed, ImmutableSortedDictionary<string, ParameterValue>? first = null)
    {
        var random = new SplitMix64(seed);
        var points = space.Count is { } size && size / 2 <= count ? Shuffled([.. GridSearch.Points(space)], random) : Draws(space, random);
        var seen = new HashSet<ImmutableSortedDictionary<string, ParameterValue>>(new SamePoint());
        var (repeats, skipped) = (0, 0);
        foreach (var point in first is null ? points : points.Prepend(first))
        {
            if (seen.Count == count || repeats == MostRepeats || skipped == MostSkipped) yield break;
            if (space.IsSkipped(point)) skipped++;
            else if (!seen.Add(point)) repeats++;
            else
            {
                (repeats, skipped) = (0, 0);
                yield return point;
            }
        }
    }

    private static IEnumerable<ImmutableSortedDictionary<string, ParameterValue>> Draws(SearchSpace space, SplitMix64 random)
    {
        // A tree that has all names already is not balanced anew for each point.
        var any = space.Parameters.ToImmutableSortedDictionary(
            parameter => parameter.Name, parameter => parameter.Varies ? parameter.Distribution.Inverse(0.5) : parameter.Distribution.Values().First(), StringComparer.Ordinal);
        // Of many points, those of a batch are made on all cores; their numbers are drawn before, in order.
        for (var batch = LeastBatch; ; batch = Math.Min(2 * batch, MostBatch))
        {
            // One number for each parameter, also for a constant or one that is then left out, so that neither changes another's draws.
            var draws = new double[batch][];
            for (var i = 0; i < batch; i++) draws[i] = [.. space.Parameters.Select(_ => random.NextUniform())];
            var points = batch == LeastBatch ? draws.Select(PointOf) : draws.AsParallel().AsOrdered().Select(PointOf).ToArray();
            foreach (var point in points) yield return point;
        }

        ImmutableSortedDictionary<string, ParameterValue> PointOf(double[] uniforms)
        {
            var point = any.ToBuilder();
            foreach (var (parameter, uniform) in space.Parameters.Zip(uniforms))
                if (parameter.Varies) point[parameter.Name] = parameter.Distribution.Inverse(uniform);
            return space.WithoutInactive(point.ToImmutable());
        }
    }

    /// <summary>Where most points are wanted, drawing until they are all different would take long: Fisher and Yates's shuffle instead.</summary>
    private static IEnumerable<ImmutableSortedDictionary<string, ParameterValue>> Shuffled(ImmutableSortedDictionary<string, ParameterValue>[] points, SplitMix64 random)
    {
        for (var last = points.Length - 1; last >= 0; last--)
        {
            var chosen = (int)(random.NextUniform() * (last + 1));
            (points[chosen], points[last]) = (points[last], points[chosen]);
            yield return points[last];
        }
    }

    /// <summary>Points are the same when they give the same parameters the same values.</summary>
    private sealed class SamePoint : IEqualityComparer<ImmutableSortedDictionary<string, ParameterValue>>
    {
        public bool Equals(ImmutableSortedDictionary<string, ParameterValue>? a, ImmutableSortedDictionary<string, ParameterValue>? b) => a!.SequenceEqual(b!);

        public int GetHashCode(ImmutableSortedDictionary<string, ParameterValue> point)
        {
            // The names are those of one space.
            var hash = new HashCode();
            foreach (var (_, value) in point) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
