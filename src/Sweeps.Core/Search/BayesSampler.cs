using MathNet.Numerics.Distributions;
using Point = System.Collections.Immutable.ImmutableSortedDictionary<string, Sweeps.Core.ParameterValue>;

namespace Sweeps.Core.Search;

/// <summary>
/// Bayesian optimization (Jones, Schonlau and Welch 1998; Snoek, Larochelle and Adams 2012): a Gaussian process is fitted to the scores
/// (<see cref="GaussianProcess"/>: Matern 5/2, a length scale for each parameter and the noise by maximum marginal likelihood), and the
/// next point is the one with the largest expected improvement. Until 10 scores are known it goes through a scrambled Sobol sequence.
/// <para>
/// It works in the unit cube, where every parameter is uniform; a quantized parameter is seen at the middle of its value's cell, so that
/// the process is asked about values that can be tried (Garrido-Merchan and Hernandez-Lobato 2020). The incumbent is the smallest mean of
/// the process over the points tried, not the smallest score, which noise may have made. Scores that are not finite count as the worst
/// finite one.
/// </para>
/// <para>
/// Configurations that are still trained are assumed to score the mean of the others (a constant liar, Ginsbourger, Le Riche and Carraro
/// 2010): the process is then sure of these places and looks elsewhere. The minimum as the lie draws the search to
/// them, the maximum drives it away; with five at once the mean did well on every problem of the benchmark, the others did not.
/// </para>
/// <para>
/// A choice costs time proportional to the cube of the number of scores, a second for <see cref="MostScores"/>; of more than these the better
/// half and the newest others count.
/// </para>
/// </summary>
/// <param name="space">What to search.</param>
/// <param name="seed">Seed of its random numbers.</param>
/// <exception cref="ArgumentOutOfRangeException">More parameters vary than <see cref="SobolDirections.MostDimensions"/>.</exception>
public sealed class BayesSampler(SearchSpace space, ulong seed) : ModelSampler(space, seed)
{
    /// <summary>Scores that the process is fitted to.</summary>
    public const int MostScores = 250;

    private const uint Candidates = 1024;
    private const int Climbers = 5;
    private const int Rounds = 15;
    private const int Neighbours = 20;

    /// <inheritdoc/>
    protected override IEnumerable<Point> StartUpPoints(SplitMix64 random) => SobolSearch.Points(Space, Seed);

    /// <inheritdoc/>
    protected override IEnumerable<Point> Proposals(IReadOnlyList<ScoredConfiguration> history, SplitMix64 random)
    {
        var scored = Telling([.. history.Where(trial => trial.Score is not null)]);
        var running = history.Where(trial => trial.Score is null).Select(PlaceOf).ToArray();
        var x = scored.Select(PlaceOf).ToArray();
        var y = Standardized([.. scored.Select(trial => trial.Score!.Value)]);
        var fitted = GaussianProcess.Likeliest([.. Cube.Axes.Select(axis => axis.IsOrdered)], x, y);
        var incumbent = x.Min(place => fitted.Predict(place).Mean);
        var process = fitted.With(running, y.Average());

        (double[] Uniforms, double Gain) At(double[] uniforms)
        {
            var (mean, deviation) = process.Predict(PlaceAt(uniforms));
            return (uniforms, LogExpectedImprovement(incumbent, mean, deviation));
        }

        var sequence = new SobolSequence(Cube.Axes.Length, random.Next());
        var candidates = Enumerable.Range(0, (int)Candidates).Select(place => At(sequence.Point((uint)place))).OrderByDescending(at => at.Gain).ToArray();
        var best = x.Index().MinBy(observed => fitted.Predict(observed.Item).Mean).Index;
        var climbed = candidates.Take(Climbers).Append(At(UniformsOf(scored[best]))).Select(start => Climbed(start, At, random)).ToArray();
        return climbed.Concat(candidates).OrderByDescending(at => at.Gain).Select(at => Cube.PointAt(at.Uniforms));
    }

    /// <summary>
    /// Logarithm of E[max(incumbent - f, 0)] for f normal: deviation (z Phi(z) + phi(z)) with z = (incumbent - mean) / deviation. The
    /// logarithm, because far from the incumbent the improvement itself is too small for a floating-point number (Ament et al. 2023).
    /// </summary>
    public static double LogExpectedImprovement(double incumbent, double mean, double deviation)
    {
        if (deviation <= 0) return incumbent > mean ? Math.Log(incumbent - mean) : double.NegativeInfinity;
        var z = (incumbent - mean) / deviation;
        // For z -> -infinity z Phi(z) + phi(z) -> phi(z) / z^2 (1 - 3 / z^2); before, the two terms cancel.
        var log = z > -20
            ? Math.Log(z * Normal.CDF(0, 1, z) + Normal.PDF(0, 1, z))
            : -z * z / 2 - 0.5 * Math.Log(2 * Math.PI) - 2 * Math.Log(-z) + Math.Log(1 - 3 / (z * z));
        return Math.Log(deviation) + log;
    }

    private static ScoredConfiguration[] Telling(ScoredConfiguration[] scored)
    {
        if (scored.Length <= MostScores) return scored;
        var best = scored.OrderBy(trial => double.IsFinite(trial.Score!.Value) ? trial.Score.Value : double.PositiveInfinity)
            .Take(MostScores / 2).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        var newest = scored.Where(trial => !best.Contains(trial)).TakeLast(MostScores - best.Count).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return [.. scored.Where(trial => best.Contains(trial) || newest.Contains(trial))];
    }

    /// <summary>Mean 0 and standard deviation 1, so that the process's bounds and the smallest variance suit every metric.</summary>
    private static double[] Standardized(double[] scores)
    {
        var worst = scores.Where(double.IsFinite).DefaultIfEmpty().Max();
        var finite = scores.Select(score => double.IsFinite(score) ? score : worst).ToArray();
        var mean = finite.Average();
        var deviation = Math.Sqrt(finite.Average(score => (score - mean) * (score - mean)));
        return [.. finite.Select(score => deviation > 0 ? (score - mean) / deviation : 0)];
    }

    /// <summary>Local search: steps from the best place so far, shorter round by round, on some of the axes.</summary>
    private (double[] Uniforms, double Gain) Climbed(
        (double[] Uniforms, double Gain) best, Func<double[], (double[] Uniforms, double Gain)> at, SplitMix64 random)
    {
        var share = Math.Max(0.3, 2.0 / Cube.Axes.Length);
        var length = 0.2;
        for (var round = 0; round < Rounds; round++, length *= 0.7)
        {
            var from = best.Uniforms;
            for (var i = 0; i < Neighbours; i++)
            {
                var there = at([.. Cube.Axes.Select((axis, j) =>
                    random.NextUniform() >= share ? from[j]
                    : axis.IsOrdered ? Math.Clamp(from[j] + length * Normal.InvCDF(0, 1, 1 - random.NextUniform()), 0, Math.BitDecrement(1.0))
                    : random.NextUniform())]);
                if (there.Gain > best.Gain) best = there;
            }
        }
        return best;
    }

    private double[] PlaceAt(double[] uniforms) =>
        [.. Cube.Axes.Select((axis, j) => axis.IsOrdered ? axis.CellAt(uniforms[j]).Middle : axis.ChoiceOf(axis.ValueAt(uniforms[j])))];

    /// <summary>A parameter that the point leaves out is at the middle of its axis, or a choice of its own.</summary>
    private double[] PlaceOf(ScoredConfiguration trial) => [.. Cube.ValuesOf(trial.Configuration.Parameters).Zip(Cube.Axes, (value, axis) =>
        value is null ? (axis.IsOrdered ? 0.5 : -1) : axis.IsOrdered ? axis.CellOf(value).Middle : axis.ChoiceOf(value))];

    private double[] UniformsOf(ScoredConfiguration trial) =>
        [.. Cube.ValuesOf(trial.Configuration.Parameters).Zip(Cube.Axes, (value, axis) => value is null ? 0.5 : axis.CellOf(value).Middle)];
}
