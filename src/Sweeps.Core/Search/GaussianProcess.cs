namespace Sweeps.Core.Search;

/// <summary>
/// Regression by a Gaussian process (Rasmussen and Williams 2006, chapters 2 and 5) with the Matern 5/2 kernel, a length scale for each
/// axis and independent noise:
/// <code>
/// y = mean + f + noise        f ~ GP(0, variance * R)        noise ~ N(0, variance * noise ratio)
/// R(a, b) = (1 + sqrt(5) r + 5/3 r^2) exp(-sqrt(5) r)        r^2 = sum_j d_j(a, b)^2 / length_j^2
/// </code>
/// where d_j is the difference on an ordered axis, and 0 or 1 for the same or another choice on an axis without order.
/// </summary>
public sealed class GaussianProcess
{
    private static readonly double Sqrt5 = Math.Sqrt(5);

    /// <summary>Natural logarithms of the shortest and longest length scale; a cube's side is 1, and at 20 an axis hardly counts.</summary>
    private static readonly (double, double) LengthBounds = (Math.Log(0.05), Math.Log(20));

    /// <summary>Natural logarithms of the least and largest noise ratio; the least keeps Cholesky's factor exact enough.</summary>
    private static readonly (double, double) NoiseBounds = (Math.Log(1e-6), Math.Log(10));

    private readonly bool[] isOrdered;
    private readonly double[][] x;
    private readonly double[] y;
    private readonly double[] inverseSquares;
    private readonly double[] weights;
    private readonly double[][] factor;

    /// <summary>A process with given length scales and noise, conditioned on observations; its mean and variance are the likeliest.</summary>
    /// <param name="isOrdered">Of each axis.</param>
    /// <param name="x">Observed places, a number for each axis: (n, d).</param>
    /// <param name="y">Observed values: (n).</param>
    /// <param name="parameters">Natural logarithms of the d length scales and, last, of the noise ratio.</param>
    public GaussianProcess(bool[] isOrdered, double[][] x, double[] y, double[] parameters)
    {
        (this.isOrdered, this.x, this.y, Parameters) = (isOrdered, x, y, parameters);
        inverseSquares = [.. parameters.SkipLast(1).Select(logarithm => Math.Exp(-2 * logarithm))];
        var n = x.Length;
        factor = Factor(Covariance());
        // Generalized least squares: mean = (1' C^-1 y) / (1' C^-1 1), variance = (y - mean)' C^-1 (y - mean) / n.
        var ones = Solve(Enumerable.Repeat(1.0, n).ToArray());
        var solved = Solve(y);
        Mean = solved.Sum() / ones.Sum();
        weights = [.. solved.Zip(ones, (a, b) => a - Mean * b)];
        // Equal observations would leave no variance at all.
        Variance = Math.Max(Dot(weights, [.. y.Select(value => value - Mean)], n) / n, 1e-12);
        LogLikelihood = -0.5 * n * (Math.Log(2 * Math.PI * Variance) + 1) - factor.Select((row, i) => Math.Log(row[i])).Sum();
    }

    /// <summary>Natural logarithms of the length scales and, last, of the noise ratio.</summary>
    public double[] Parameters { get; }

    /// <summary>The process's mean.</summary>
    public double Mean { get; }

    /// <summary>Variance of f.</summary>
    public double Variance { get; }

    /// <summary>Logarithm of the observations' density, at its largest over mean and variance.</summary>
    public double LogLikelihood { get; }

    /// <summary>The process whose parameters make the observations likeliest.</summary>
    /// <remarks>
    /// From the best two of some isotropic processes, ascent by the sign of each derivative with steps of its own (Rprop, Riedmiller and
    /// Braun 1993), which needs no scale and no line search. The length scales stay in [0.05, 20] and the noise ratio in [1e-6, 10].
    /// </remarks>
    public static GaussianProcess Likeliest(bool[] isOrdered, double[][] x, double[] y)
    {
        var starts =
            from length in (double[])[0.2, 0.6, 2]
            from noise in (double[])[1e-4, 1e-1]
            select new GaussianProcess(isOrdered, x, y, [.. isOrdered.Select(_ => Math.Log(length)), Math.Log(noise)]);
        return starts.OrderByDescending(process => process.LogLikelihood).Take(2).Select(Ascended).MaxBy(process => process.LogLikelihood)!;
    }

    private static GaussianProcess Ascended(GaussianProcess start)
    {
        const int Rounds = 50;
        const double Nothing = 1e-2;
        var (best, here) = (start, start);
        var steps = start.Parameters.Select(_ => 0.2).ToArray();
        var before = new double[steps.Length];
        for (var round = 0; round < Rounds; round++)
        {
            var gradient = here.Gradient();
            var next = here.Parameters.ToArray();
            for (var i = 0; i < next.Length; i++)
            {
                var (lowest, highest) = i < next.Length - 1 ? LengthBounds : NoiseBounds;
                if (gradient[i] * before[i] > 0) steps[i] = Math.Min(steps[i] * 1.2, 1);
                if (gradient[i] * before[i] < 0) steps[i] *= 0.5;
                next[i] = Math.Clamp(next[i] + Math.Sign(gradient[i]) * steps[i], lowest, highest);
            }
            // Also where every parameter has come to rest at a bound.
            if (next.Zip(here.Parameters).All(pair => Math.Abs(pair.First - pair.Second) < Nothing)) break;
            before = gradient;
            here = new GaussianProcess(start.isOrdered, start.x, start.y, next);
            if (here.LogLikelihood > best.LogLikelihood) best = here;
        }
        return best;
    }

    /// <summary>
    /// The same process, its length scales, noise, mean and variance kept, with values assumed at other places (a constant liar's).
    /// </summary>
    public GaussianProcess With(IReadOnlyList<double[]> places, double value) =>
        places.Count == 0 ? this : new(this, [.. x, .. places], [.. y, .. places.Select(_ => value)]);

    private GaussianProcess(GaussianProcess other, double[][] x, double[] y)
    {
        (isOrdered, this.x, this.y, Parameters, inverseSquares) = (other.isOrdered, x, y, other.Parameters, other.inverseSquares);
        (Mean, Variance, LogLikelihood) = (other.Mean, other.Variance, other.LogLikelihood);
        factor = Factor(Covariance());
        weights = Solve([.. y.Select(observed => observed - Mean)]);
    }

    /// <summary>Mean and standard deviation of f at a place, given the observations (Rasmussen and Williams 2006, equation 2.25, 2.26).</summary>
    public (double Mean, double Deviation) Predict(double[] place)
    {
        var k = x.Select(observed => Correlation(observed, place)).ToArray();
        var half = SolveLower(k);
        return (Mean + Dot(k, weights, k.Length), Math.Sqrt(Variance * Math.Max(1 - Dot(half, half, half.Length), 0)));
    }

    /// <summary>Derivatives of <see cref="LogLikelihood"/> by <see cref="Parameters"/> (Rasmussen and Williams 2006, equation 5.9).</summary>
    public double[] Gradient()
    {
        var n = x.Length;
        var d = isOrdered.Length;
        var inverse = Inverse();
        var gradient = new double[d + 1];
        for (var i = 0; i < n; i++)
        {
            // 1/2 trace((a a' / variance - C^-1) dC/dparameter) with a = C^-1 (y - mean); C is symmetric.
            gradient[d] += 0.5 * (weights[i] * weights[i] / Variance - inverse[i][i]) * Math.Exp(Parameters[d]);
            for (var j = 0; j < i; j++)
            {
                var r = Distance(x[i], x[j]);
                var common = (weights[i] * weights[j] / Variance - inverse[i][j]) * 5.0 / 3 * (1 + Sqrt5 * r) * Math.Exp(-Sqrt5 * r);
                for (var axis = 0; axis < d; axis++) gradient[axis] += common * Square(axis, x[i], x[j]);
            }
        }
        return gradient;
    }

    private double[][] Covariance()
    {
        var covariance = new double[x.Length][];
        for (var i = 0; i < x.Length; i++)
        {
            covariance[i] = new double[i + 1];
            for (var j = 0; j < i; j++) covariance[i][j] = Correlation(x[i], x[j]);
            covariance[i][i] = 1 + Math.Exp(Parameters[^1]);
        }
        return covariance;
    }

    private double Correlation(double[] a, double[] b)
    {
        var r = Distance(a, b);
        return (1 + Sqrt5 * r + 5.0 / 3 * r * r) * Math.Exp(-Sqrt5 * r);
    }

    private double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var axis = 0; axis < isOrdered.Length; axis++) sum += Square(axis, a, b);
        return Math.Sqrt(sum);
    }

    /// <summary>d_j^2 / length_j^2.</summary>
    private double Square(int axis, double[] a, double[] b)
    {
        var difference = isOrdered[axis] ? a[axis] - b[axis] : a[axis] == b[axis] ? 0 : 1;
        return difference * difference * inverseSquares[axis];
    }

    /// <summary>Cholesky's factor L of C = L L', rows up to the diagonal.</summary>
    private static double[][] Factor(double[][] lower)
    {
        for (var i = 0; i < lower.Length; i++)
            for (var j = 0; j <= i; j++)
            {
                var rest = lower[i][j] - Dot(lower[i], lower[j], j);
                lower[i][j] = i == j ? Math.Sqrt(rest) : rest / lower[j][j];
            }
        return lower;
    }

    private double[] SolveLower(double[] right)
    {
        var solution = new double[right.Length];
        for (var i = 0; i < right.Length; i++) solution[i] = (right[i] - Dot(factor[i], solution, i)) / factor[i][i];
        return solution;
    }

    private double[] Solve(double[] right)
    {
        var solution = SolveLower(right);
        for (var i = right.Length - 1; i >= 0; i--)
        {
            solution[i] /= factor[i][i];
            for (var j = 0; j < i; j++) solution[j] -= factor[i][j] * solution[i];
        }
        return solution;
    }

    private double[][] Inverse()
    {
        var inverse = new double[x.Length][];
        for (var i = 0; i < x.Length; i++)
        {
            var unit = new double[x.Length];
            unit[i] = 1;
            inverse[i] = Solve(unit);
        }
        return inverse;
    }

    private static double Dot(double[] a, double[] b, int count)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++) sum += a[i] * b[i];
        return sum;
    }
}
