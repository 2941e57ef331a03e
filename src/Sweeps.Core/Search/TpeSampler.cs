using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization"), with Optuna's settings and
/// multivariate = true, constant_liar = true. The scores divide the history into the best gamma(n) = min(ceil(0.1 n), 25) of n and the rest;
/// a density is estimated for each (<see cref="ParzenEstimator"/>); of 24 draws from the density l of the best, the one with the largest
/// l/g is the next, g being the other density, which maximizes the expected improvement. Until 10 scores are
/// known it draws at random.
/// <para>
/// Configurations that are still trained belong to the rest: the sampler assumes that they end badly and keeps away from them, so that
/// those asked for together differ (Optuna's constant liar).
/// </para>
/// <para>
/// It works in the unit cube, where every parameter is uniform. For uniform, log-uniform and integer parameters this is what Optuna does
/// in its own scales, and quantized, normal and weighted ones need nothing of their own. One thing differs: a list of rising or falling
/// numbers is ordered here (<see cref="Axis.Choices"/>), not a choice.
/// </para>
/// </summary>
/// <param name="space">What to search.</param>
/// <param name="seed">Seed of its random numbers.</param>
public sealed class TpeSampler(SearchSpace space, ulong seed) : ModelSampler(space, seed)
{
    private const int Candidates = 24;

    /// <summary>How many of n scores count as good.</summary>
    public static int Gamma(int n) => Math.Min((n + 9) / 10, 25);

    /// <inheritdoc/>
    protected override IEnumerable<Point> StartUpPoints(SplitMix64 random) => [Draws(random).First()];

    /// <inheritdoc/>
    protected override IEnumerable<Point> Proposals(IReadOnlyList<ScoredConfiguration> history, SplitMix64 random)
    {
        var scored = history.Where(trial => trial.Score is not null).ToArray();
        // OrderBy is stable: of equal scores the older is the better.
        var good = scored.OrderBy(trial => double.IsFinite(trial.Score!.Value) ? trial.Score.Value : double.PositiveInfinity)
            .Take(Gamma(scored.Length)).ToHashSet(ReferenceEqualityComparer.Instance);
        var l = EstimatorOf(history.Where(good.Contains));
        var g = EstimatorOf(history.Where(trial => !good.Contains(trial)));
        return Enumerable.Range(0, Candidates)
            .Select(_ => Cube.PointAt(l.Sample(random)))
            .Select(point => (Point: point, Values: Cube.ValuesOf(point)))
            .OrderByDescending(candidate => l.LogDensity(candidate.Values) - g.LogDensity(candidate.Values))
            .Select(candidate => candidate.Point);
    }

    private ParzenEstimator EstimatorOf(IEnumerable<ScoredConfiguration> trials) =>
        new(Cube.Axes, [.. trials.Select(trial => Cube.ValuesOf(trial.Configuration.Parameters))]);
}
