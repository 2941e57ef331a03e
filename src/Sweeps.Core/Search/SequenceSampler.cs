using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>
/// A search that does not learn: it goes through points in an order known beforehand, whatever their scores. Grid, random and Sobol search
/// are such orders (<see cref="GridSearch"/>, <see cref="RandomSearch"/>, <see cref="SobolSearch"/>).
/// </summary>
/// <param name="points">Different points; read as far as they are needed.</param>
public sealed class SequenceSampler(IEnumerable<Point> points) : ISampler
{
    private readonly IEnumerator<Point> unread = points.GetEnumerator();
    private readonly List<(Point Point, string Canonical)> read = [];

    /// <inheritdoc/>
    public Point? Next(IReadOnlyList<ScoredConfiguration> history)
    {
        var tried = history.Select(trial => trial.Configuration.CanonicalJson).ToHashSet();
        for (var place = 0; place < read.Count || ReadOne(); place++)
            if (!tried.Contains(read[place].Canonical)) return read[place].Point;
        return null;
    }

    private bool ReadOne()
    {
        if (!unread.MoveNext()) return false;
        read.Add((unread.Current, Configuration.Canonical(unread.Current)));
        return true;
    }
}
