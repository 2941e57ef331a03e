using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>
/// What the searches that learn from scores have in common: start-up configurations, then proposals from a model of the scores, and no
/// point twice. It keeps nothing that does not follow from the space, the seed and the history. One caller at a time.
/// </summary>
/// <param name="space">What to search.</param>
/// <param name="seed">Seed of all its random numbers.</param>
public abstract class ModelSampler(SearchSpace space, ulong seed) : ISampler
{
    /// <summary>Configurations whose scores must be known before the model is asked, as in Optuna.</summary>
    public const int StartUp = 10;
    private const int MostRepeats = 1000;

    /// <summary>What is searched.</summary>
    protected SearchSpace Space { get; } = space;

    /// <summary>Seed of all random numbers.</summary>
    protected ulong Seed { get; } = seed;

    /// <summary>The varying parameters.</summary>
    protected UnitCube Cube { get; } = new(space);

    /// <inheritdoc/>
    public Point? Next(IReadOnlyList<ScoredConfiguration> history)
    {
        // A generator of its own for each place, so that a choice depends on the history and not on who made the earlier ones.
        var random = new SplitMix64(new SplitMix64(Seed).Next() + (ulong)history.Count);
        var tried = history.Select(trial => trial.Configuration.CanonicalJson).ToHashSet();
        // A baseline may lie outside the space.
        var inside = history.Where(trial => Space.Contains(trial.Configuration.Parameters)).ToArray();
        var proposals = Cube.Axes.Length > 0 && inside.Count(trial => trial.Score is not null) >= StartUp
            ? Proposals(inside, random) : StartUpPoints(random);
        return proposals.FirstOrDefault(point => IsNew(point, tried)) ?? Untried(tried, random);
    }

    /// <summary>Points to choose from before the model knows enough, in the order of preference.</summary>
    protected abstract IEnumerable<Point> StartUpPoints(SplitMix64 random);

    /// <summary>Points to choose from, in the order of preference; some may have been tried.</summary>
    /// <param name="history">The points of the space that were chosen, in the order of the choice.</param>
    /// <param name="random">Where randomness comes from.</param>
    protected abstract IEnumerable<Point> Proposals(IReadOnlyList<ScoredConfiguration> history, SplitMix64 random);

    /// <summary>Independent draws.</summary>
    protected IEnumerable<Point> Draws(SplitMix64 random)
    {
        while (true) yield return Cube.PointAt([.. Cube.Axes.Select(_ => random.NextUniform())]);
    }

    private bool IsNew(Point point, HashSet<string> tried) => Space.Contains(point) && !tried.Contains(Configuration.Canonical(point));

    /// <summary>Any point that was not tried. Where few are left, drawing could miss them, so one is taken from the list of all.</summary>
    private Point? Untried(HashSet<string> tried, SplitMix64 random)
    {
        if (!(Space.Count is { } size && size / 2 <= tried.Count))
            return Draws(random).Take(MostRepeats).FirstOrDefault(point => IsNew(point, tried));
        var left = GridSearch.Points(Space).Where(point => IsNew(point, tried)).ToArray();
        return left.Length == 0 ? null : left[random.Below(left.Length)];
    }
}
