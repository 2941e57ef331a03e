using MathNet.Numerics.Distributions;

namespace Sweeps.Core.Search;

/// <summary>
/// A density on the unit cube: a mixture of one kernel about each observation and one for the prior, each a product over the axes
/// (Bergstra et al. 2011, section 4; multivariate as in Falkner et al. 2018, "BOHB"). Bandwidths and weights are those of Optuna's
/// multivariate estimator.
/// <list type="bullet">
/// <item>An ordered axis has normal kernels, truncated to [0, 1], of one width: 0.2 n^(-1/(d+4)), but at least 1/min(100, n+2), for n
/// observations on d axes. The prior's is centred at 1/2 and as wide as the axis. A value's density is the kernel's mass on its cell.</item>
/// <item>An axis without order has kernels that give the observed choice the weight 1 and then all choices together the weight
/// K/(n+1), shared by their probabilities (equal ones: 1/(n+1) each). The prior's are the probabilities.</item>
/// <item>Kernels weigh the same up to 25 observations; of more, all but the last 25 weigh less the older they are, from 1/n up.</item>
/// </list>
/// </summary>
public sealed class ParzenEstimator
{
    /// <summary>A narrower cell is a point: its mass would be lost to rounding.</summary>
    private const double NarrowestCell = 1e-6;

    private readonly IReadOnlyList<Axis> axes;
    private readonly IReadOnlyList<ParameterValue?[]> observations;
    private readonly double[] weights;
    private readonly double width;
    private readonly double[][] chances;

    /// <param name="axes">The axes.</param>
    /// <param name="observations">A value for each axis, null for a parameter left out, of which nothing is then learnt; the oldest first.</param>
    public ParzenEstimator(IReadOnlyList<Axis> axes, IReadOnlyList<ParameterValue?[]> observations)
    {
        this.axes = axes;
        this.observations = observations;
        var n = observations.Count;
        weights = Weights(n);
        width = Math.Max(0.2 * Math.Pow(Math.Max(n, 1), -1.0 / (axes.Count + 4)), 1 / Math.Min(100.0, n + 2));
        chances = [.. axes.Select(axis => axis.Choices.Select(choice => choice.Width).ToArray())];
    }

    /// <summary>Weights of the observations' kernels and, last, of the prior's; their sum is 1.</summary>
    public static double[] Weights(int observations)
    {
        const int Full = 25;
        var ramp = Math.Max(observations - Full, 0);
        double[] weights =
        [
            .. Enumerable.Range(0, ramp).Select(i => ramp == 1 ? 1.0 / observations : 1.0 / observations + i / (ramp - 1.0) * (1 - 1.0 / observations)),
            .. Enumerable.Repeat(1.0, observations - ramp + 1),
        ];
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Draws a kernel, then a uniform number for each axis from it.</summary>
    public double[] Sample(SplitMix64 random)
    {
        var kernel = Chosen(weights, random);
        return [.. axes.Select((axis, j) => axis.IsOrdered
            ? Sampled(KernelOf(axis, kernel, j), random)
            : axis.Choices[Chosen([.. Enumerable.Range(0, axis.Choices.Length).Select(choice => ChanceOf(axis, kernel, j, choice))], random)].Middle)];
    }

    /// <summary>Logarithm of the density at the values; a null is left out of it.</summary>
    public double LogDensity(IReadOnlyList<ParameterValue?> values)
    {
        var logs = new double[weights.Length];
        for (var kernel = 0; kernel < logs.Length; kernel++)
        {
            logs[kernel] = Math.Log(weights[kernel]);
            for (var j = 0; j < axes.Count; j++)
                if (values[j] is { } value)
                    logs[kernel] += Math.Log(axes[j].IsOrdered
                        ? Density(KernelOf(axes[j], kernel, j), axes[j].CellOf(value)) : ChanceOf(axes[j], kernel, j, axes[j].ChoiceOf(value)));
        }
        var largest = logs.Max();
        return double.IsNegativeInfinity(largest) ? largest : largest + Math.Log(logs.Sum(log => Math.Exp(log - largest)));
    }

    private ParameterValue? ObservedBy(int kernel, int j) => kernel < observations.Count ? observations[kernel][j] : null;

    private (double Mean, double Width) KernelOf(Axis axis, int kernel, int j) =>
        ObservedBy(kernel, j) is { } observed ? (axis.CellOf(observed).Middle, width) : (0.5, 1);

    private double ChanceOf(Axis axis, int kernel, int j, int choice)
    {
        if (ObservedBy(kernel, j) is not { } observed) return chances[j][choice];
        var prior = chances[j].Length / (observations.Count + 1.0);
        return (prior * chances[j][choice] + (axis.ChoiceOf(observed) == choice ? 1 : 0)) / (prior + 1);
    }

    private static double Density((double Mean, double Width) kernel, Cell cell)
    {
        var (mean, width) = kernel;
        var inside = Normal.CDF(mean, width, 1) - Normal.CDF(mean, width, 0);
        return cell.Width < NarrowestCell
            ? Normal.PDF(mean, width, cell.Middle) / inside
            : (Normal.CDF(mean, width, cell.High) - Normal.CDF(mean, width, cell.Low)) / inside;
    }

    private static double Sampled((double Mean, double Width) kernel, SplitMix64 random)
    {
        var (mean, width) = kernel;
        var (low, high) = (Normal.CDF(mean, width, 0), Normal.CDF(mean, width, 1));
        return Math.Clamp(Normal.InvCDF(mean, width, low + (high - low) * random.NextUniform()), 0, Math.BitDecrement(1.0));
    }

    private static int Chosen(double[] chances, SplitMix64 random)
    {
        var left = random.NextUniform() * chances.Sum();
        for (var i = 0; i < chances.Length - 1; i++)
            if ((left -= chances[i]) < 0) return i;
        return chances.Length - 1;
    }
}
