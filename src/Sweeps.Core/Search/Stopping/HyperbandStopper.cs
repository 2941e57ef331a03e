using System.Collections.Immutable;

namespace Sweeps.Core.Search.Stopping;

/// <summary>
/// Weights &amp; Biases's <c>early_terminate: {type: hyperband}</c>, after Li et al. 2018, "Hyperband". At certain iterations, the bands, a
/// configuration must be about as good as the best 1/eta of all that came so far. An iteration is a logged value of the metric, counted from
/// 1; values that are not finite do not count, as in Weights &amp; Biases.
/// </summary>
public sealed class HyperbandStopper : IStopper
{
    /// <summary>As many as Weights &amp; Biases looks at; an eta near 1 would give endlessly many.</summary>
    private const int MostBands = 100;

    private readonly Func<int, IEnumerable<int>> bandsUpTo;
    private readonly double eta;
    private readonly bool isStrict;

    private HyperbandStopper(Func<int, IEnumerable<int>> bandsUpTo, double eta, bool isStrict) =>
        (this.bandsUpTo, this.eta, this.isStrict) = (bandsUpTo, eta, isStrict);

    /// <summary>Bands minIter, minIter * eta, minIter * eta^2 ..., at most 100.</summary>
    /// <param name="minIter">The first band, at least 1.</param>
    /// <param name="eta">Larger than 1; 1/eta of the configurations pass a band.</param>
    /// <param name="isStrict">Whether the value at the band is judged, as in the paper, rather than the best value so far.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static HyperbandStopper FromMinIter(int minIter, double eta = 3, bool isStrict = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minIter, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(eta, 1);
        return new HyperbandStopper(last => Rising(minIter, eta, last), eta, isStrict);
    }

    /// <summary>Bands maxIter / eta, maxIter / eta^2 ... maxIter / eta^s, without their fractions, as far as they are at least 1.</summary>
    /// <param name="maxIter">Iterations of a whole training.</param>
    /// <param name="s">How many bands.</param>
    /// <param name="eta">Larger than 1; 1/eta of the configurations pass a band.</param>
    /// <param name="isStrict">Whether the value at the band is judged, as in the paper, rather than the best value so far.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or no band is left.</exception>
    public static HyperbandStopper FromMaxIter(int maxIter, int s, double eta = 3, bool isStrict = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(s, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(eta, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxIter, eta);
        var bands = Falling(maxIter, s, eta).Order().ToImmutableArray();
        return new HyperbandStopper(last => bands.TakeWhile(band => band <= last), eta, isStrict);
    }

    /// <summary>The bands up to an iteration, ascending.</summary>
    public IEnumerable<int> BandsUpTo(int iteration) => bandsUpTo(iteration);

    /// <inheritdoc/>
    /// <remarks>
    /// A running configuration is judged at the last band that it has reached: it stops when its value (strict: there; otherwise its best so
    /// far) is larger than the threshold, the value number floor(n / eta), from 0, of the n sorted values there.
    /// </remarks>
    public IReadOnlyList<int> ToStop(IReadOnlyList<MeanCurve> curves)
    {
        var histories = curves.Select(curve => curve.Points.Select(point => point.Value).Where(double.IsFinite).ToArray()).ToArray();
        var thresholds = bandsUpTo(histories.Max(history => (int?)history.Length) ?? 0).ToDictionary(band => band, band =>
        {
            var there = histories.Where(history => history.Length >= band).Select(history => history[band - 1]).Order().ToArray();
            return there[(int)(1 / eta * there.Length)];
        });
        return [.. from pair in curves.Zip(histories)
                   where pair.First.State == TrainingState.Running
                   let band = bandsUpTo(pair.Second.Length).LastOrDefault()
                   where band > 0 && (isStrict ? pair.Second[band - 1] : pair.Second.Min()) > thresholds[band]
                   select pair.First.ConfigurationIndex];
    }

    private static IEnumerable<int> Rising(int minIter, double eta, int last)
    {
        double band = minIter;
        for (var k = 0; k < MostBands && (int)band <= last; k++, band *= eta) yield return (int)band;
    }

    private static IEnumerable<int> Falling(int maxIter, int s, double eta)
    {
        double band = maxIter;
        for (var k = 1; k <= Math.Min(s, MostBands) && (band /= eta) >= 1; k++) yield return (int)band;
    }
}
