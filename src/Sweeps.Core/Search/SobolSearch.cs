using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>
/// Points of a scrambled Sobol sequence, one dimension for each varying parameter: as simple as random search, without its gaps and clusters.
/// Bergstra and Bengio (2012) found it a little better than independent draws. Points that came before are left out.
/// </summary>
public static class SobolSearch
{
    /// <summary>As many places of the sequence in a row as may repeat earlier points, or be none of the space, before the search ends.</summary>
    private const int MostRepeats = 1000;

    /// <summary>Different points in the order of the sequence; they end when the space has no more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More parameters vary than <see cref="SobolDirections.MostDimensions"/>.</exception>
    public static IEnumerable<Point> Points(SearchSpace space, ulong seed)
    {
        var cube = new UnitCube(space);
        if (cube.Axes.Length == 0) return [cube.PointAt([])];
        var sequence = new SobolSequence(cube.Axes.Length, seed);
        return Different(space, cube, sequence);
    }

    private static IEnumerable<Point> Different(SearchSpace space, UnitCube cube, SobolSequence sequence)
    {
        var seen = new HashSet<string>();
        var repeats = 0;
        for (var place = 0u; repeats < MostRepeats; place++)
        {
            var point = cube.PointAt(sequence.Point(place));
            var isNew = space.Contains(point) && seen.Add(Configuration.Canonical(point));
            repeats = isNew ? 0 : repeats + 1;
            if (isNew) yield return point;
        }
    }
}
