using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>A configuration that a search has chosen, with what is known of it.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Score">
/// The mean of the metric over its seeds, smaller is better (a metric to maximize is negated); null while it is trained. A score that is
/// not finite, such as a diverged training's, is worse than every finite one.
/// </param>
public sealed record ScoredConfiguration(Configuration Configuration, double? Score);

/// <summary>
/// Chooses the configurations of a sweep one at a time, while others are trained. The choice is a function of the search space, the seed
/// and the history alone: a sampler that is built anew and given the stored history goes on as the old one would have.
/// </summary>
public interface ISampler
{
    /// <summary>The point to try next, never one that the history has; null when the space has no other.</summary>
    /// <param name="history">All configurations chosen so far, in the order in which they were chosen.</param>
    Point? Next(IReadOnlyList<ScoredConfiguration> history);
}
