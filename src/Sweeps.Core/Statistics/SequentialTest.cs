using MathNet.Numerics.Distributions;

namespace Sweeps.Core.Statistics;

/// <summary>
/// A paired t-test that is looked at after each pair and still calls a difference that is none real with probability alpha at most, over all
/// looks together: alpha is spent along the way (Lan and DeMets, Biometrika 70, 1983), little at first, as O'Brien and Fleming do.
/// <para>
/// Group-sequential tables take the statistic for normal, which makes too many errors with few pairs. Here the levels are exact for normal
/// differences. With S and Q the sum and the sum of squares of the first k differences, r = S / sqrt(Q) determines t, and the next difference x
/// gives sqrt(1 + r^2) * sin(atan(r) + atan(x / sqrt(Q))). When there is no difference, x / sqrt(Q) is independent of all r so far (the
/// direction of a normal vector does not depend on its length), so r is a Markov chain with a known step.
/// </para>
/// </summary>
public sealed class SequentialTest
{
    private const int Cells = 600;
    private const int TableSize = 1 << 14;

    // Found when they are asked for: the last of many looks takes seconds, and most sweeps are decided before it.
    private readonly Lock gate = new();
    private readonly List<double> levels = [];
    private Chain? chain;

    /// <summary>Plans the looks.</summary>
    /// <param name="least">Pairs at the first look, at least 2.</param>
    /// <param name="most">Pairs at the last look.</param>
    /// <param name="alpha">Probability of an error over all looks, in (0, 1), two-sided.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SequentialTest(int least, int most, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(alpha, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(alpha, 1);
        (Least, Most, Alpha) = (least, most, alpha);
    }

    /// <summary>Pairs at the first look.</summary>
    public int Least { get; }

    /// <summary>Pairs at the last look.</summary>
    public int Most { get; }

    /// <summary>Probability of an error over all looks.</summary>
    public double Alpha { get; }

    /// <summary>
    /// The difference is real when the paired test's two-sided p-value is below this; 0 before the first look. Beyond the last look it is that
    /// look's. Looks may be left out, which only makes errors rarer.
    /// </summary>
    public double LevelAt(int pairs)
    {
        if (pairs < Least) return 0;
        var look = Math.Min(pairs, Most) - Least;
        lock (gate)
        {
            while (levels.Count <= look) levels.Add(NextLevel());
            return levels[look];
        }
    }

    /// <summary>Part of alpha that is spent up to a share t of the pairs: on each side 2 - 2 Phi(z / sqrt(t)), z the normal quantile of 1 - alpha / 4.</summary>
    private double Spent(double t) => 4 * Normal.CDF(0, 1, Normal.InvCDF(0, 1, Alpha / 4) / Math.Sqrt(t));

    private double NextLevel()
    {
        var pairs = Least + levels.Count;
        if (chain is null)
        {
            var first = Spent((double)Least / Most);
            chain = Chain.At(Least, Bisect(c => Level(c, Least) - first, 0, Math.Sqrt(Least)));
            return first;
        }
        var step = new Angles(pairs - 1);
        var increment = Spent((double)pairs / Most) - Spent((pairs - 1.0) / Most);
        var before = chain;
        var bound = Bisect(c => before.Outside(c, step) - increment, 0, Math.Sqrt(pairs));
        if (pairs < Most) chain = before.Next(bound, step);
        return Level(bound, pairs);
    }

    // |r| above the bound is |t| above r sqrt((k - 1) / (k - r^2)).
    private static double Level(double bound, int pairs) => 2 * StudentT.CDF(0, 1, pairs - 1, -bound * Math.Sqrt((pairs - 1) / (pairs - bound * bound)));

    /// <summary>Where a falling function crosses zero.</summary>
    private static double Bisect(Func<double, double> function, double low, double high)
    {
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (function(middle) > 0) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>The distribution of atan(x / sqrt(Q)) after k pairs: sqrt(k) x / sqrt(Q) is Student's with k degrees of freedom.</summary>
    private sealed class Angles
    {
        private readonly double[] table = new double[TableSize + 1];

        public Angles(int pairs)
        {
            for (var i = 0; i <= TableSize; i++)
                table[i] = i == 0 ? 0 : i == TableSize ? 1 : StudentT.CDF(0, 1, pairs, Math.Sqrt(pairs) * Math.Tan(Math.PI * ((double)i / TableSize - 0.5)));
        }

        /// <summary>Probability of an angle up to this one.</summary>
        public double UpTo(double angle)
        {
            var place = Math.Clamp(angle / Math.PI + 0.5, 0, 1) * TableSize;
            var index = Math.Min((int)place, TableSize - 1);
            return table[index] + (place - index) * (table[index + 1] - table[index]);
        }

        /// <summary>Probability that the next r is at least <paramref name="y"/>, from <paramref name="r"/>.</summary>
        public double AtLeast(double y, double r)
        {
            var (length, angle) = (Math.Sqrt(1 + r * r), Math.Atan(r));
            if (y >= length) return 0;
            if (y <= -length) return 1;
            var edge = Math.Asin(y / length);
            // The sine is at least y between the edges, and for a negative y also just above -pi.
            return UpTo(Math.PI - edge - angle) - UpTo(edge - angle) + UpTo(-Math.PI - edge - angle);
        }
    }

    /// <summary>Probabilities of r in cells of (-bound, bound), narrow at its ends, of those that were never beyond a bound.</summary>
    private sealed record Chain(double End, double[] Mass)
    {
        public static Chain At(int pairs, double bound) => new(bound, Between(bound, y =>
            1 - StudentT.CDF(0, 1, pairs - 1, y * Math.Sqrt((pairs - 1) / (pairs - y * y)))));

        public double Outside(double bound, Angles step)
        {
            var sum = 0.0;
            for (var cell = 0; cell < Cells; cell++)
            {
                var r = Middle(cell);
                sum += Mass[cell] * (step.AtLeast(bound, r) + step.AtLeast(bound, -r));
            }
            return sum;
        }

        public Chain Next(double bound, Angles step) => new(bound, Between(bound, y =>
        {
            var sum = 0.0;
            for (var cell = 0; cell < Cells; cell++) sum += Mass[cell] * step.AtLeast(y, Middle(cell));
            return sum;
        }));

        private static double[] Between(double bound, Func<double, double> atLeast)
        {
            var edges = Enumerable.Range(0, Cells + 1).Select(i => atLeast(Place(bound, i))).ToArray();
            return [.. edges.Zip(edges.Skip(1), (above, below) => above - below)];
        }

        private double Middle(int cell) => Place(End, cell + 0.5);

        private static double Place(double bound, double cell) => bound * Math.Sin(Math.PI * (cell / Cells - 0.5));
    }
}
