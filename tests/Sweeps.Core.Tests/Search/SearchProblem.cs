using Sweeps.Core.Search;

namespace Sweeps.Core.Tests.Search;

/// <summary>A function to minimize, cheap enough to search it many times.</summary>
/// <param name="Name">Name.</param>
/// <param name="Space">Where it is defined.</param>
/// <param name="Minimum">Its smallest value, noise left out.</param>
/// <param name="True">The function without noise.</param>
/// <param name="Noise">Standard deviation of the noise that a score has.</param>
internal sealed record SearchProblem(
    string Name, SearchSpace Space, double Minimum,
    Func<IReadOnlyDictionary<string, ParameterValue>, double> True, double Noise = 0)
{
    private static readonly double[] Alpha = [1.0, 1.2, 3.0, 3.2];
    private static readonly double[][] A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
    private static readonly double[][] P =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    /// <summary>Branin's function, with minimum 0.397887 at (-pi, 12.275), (pi, 2.275) and (9.42478, 2.475).</summary>
    public static SearchProblem Branin { get; } = new(
        "Branin", new SearchSpace([new("x", new UniformDistribution(-5, 10)), new("y", new UniformDistribution(0, 15))]), 0.39788735772973816,
        point =>
        {
            var (x, y) = (Number(point, "x"), Number(point, "y"));
            var square = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
            return square * square + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x) + 10;
        });

    /// <summary>Hartmann's function of 6 variables (Dixon and Szego 1978), with minimum -3.32237.</summary>
    public static SearchProblem Hartmann6 { get; } = new(
        "Hartmann6", new SearchSpace(Enumerable.Range(0, 6).Select(j => new SearchParameter("x" + j, new UniformDistribution(0, 1)))), -3.3223680114155147,
        point => -Enumerable.Range(0, 4).Sum(i => Alpha[i] * Math.Exp(-Enumerable.Range(0, 6).Sum(j => A[i][j] * Math.Pow(Number(point, "x" + j) - P[i][j], 2)))));

    /// <summary>
    /// What a sweep over training settings looks like: a loss of 10 parameters, with noise of standard deviation 0.05. Its minimum 1 lies at
    /// learning rate 3e-3, weight decay 0.1, warm-up 0.1, dropout 0, beta2 0.95, 6 layers, 4 heads, batch size 64, optimizer "muon" and
    /// schedule "linear". The best learning rate is twice as large for "adamw", and rises with the square root of the batch size.
    /// </summary>
    public static SearchProblem Training { get; } = new(
        "Training (10 mixed, noisy)",
        new SearchSpace(
        [
            new("learning_rate", new LogUniformValuesDistribution(1e-5, 1e-1)), new("weight_decay", new LogUniformValuesDistribution(1e-3, 1)),
            new("warmup", new UniformDistribution(0, 0.5)), new("dropout", new UniformDistribution(0, 0.5)),
            new("beta2", new UniformDistribution(0.9, 0.999)), new("layers", new IntUniformDistribution(1, 12)),
            new("heads", Choice(1, 2, 4, 8)), new("batch_size", Choice(8, 16, 32, 64, 128)),
            new("optimizer", new CategoricalDistribution([ParameterValue.Of("sgd"), ParameterValue.Of("muon"), ParameterValue.Of("adamw"), ParameterValue.Of("lion")])),
            new("schedule", new CategoricalDistribution([ParameterValue.Of("cosine"), ParameterValue.Of("linear"), ParameterValue.Of("constant")])),
            new("steps", new ConstantDistribution(ParameterValue.Of(1000))),
        ]),
        1,
        point =>
        {
            var optimizer = point["optimizer"].AsString;
            var bestRate = 3e-3 * (optimizer == "adamw" ? 2 : 1) * Math.Sqrt(Number(point, "batch_size") / 64);
            return 1
                + 0.3 * Math.Pow(Math.Log10(Number(point, "learning_rate") / bestRate), 2)
                + 0.1 * Math.Pow(Math.Log10(Number(point, "weight_decay") / 0.1), 2)
                + 0.5 * Math.Pow(Number(point, "warmup") - 0.1, 2) + 0.2 * Number(point, "dropout")
                + 20 * Math.Pow(Number(point, "beta2") - 0.95, 2) + 0.01 * Math.Pow(Number(point, "layers") - 6, 2)
                + 0.05 * Math.Abs(Math.Log2(Number(point, "heads") / 4)) + 0.05 * Math.Abs(Math.Log2(Number(point, "batch_size") / 64))
                + optimizer switch { "muon" => 0, "adamw" => 0.1, "lion" => 0.2, _ => 0.6 }
                + point["schedule"].AsString switch { "linear" => 0, "cosine" => 0.05, _ => 0.2 };
        },
        Noise: 0.05);

    /// <summary>
    /// The best values, noise left out, that a search has found after each of its configurations: of those tried so far, the one with the
    /// best score. <paramref name="atOnce"/> configurations are always being tried.
    /// </summary>
    public double[] Search(ISampler sampler, int budget, ulong seed, int atOnce = 1)
    {
        var noise = new SplitMix64(~seed);
        var history = new List<ScoredConfiguration>();
        var found = new List<double>();
        var (bestScore, best) = (double.PositiveInfinity, double.PositiveInfinity);
        while (found.Count < budget)
        {
            while (history.Count(trial => trial.Score is null) < atOnce)
                history.Add(new(new Configuration(history.Count, sampler.Next(history)!, Space.Varying), null));
            var first = history.FindIndex(trial => trial.Score is null);
            var value = True(history[first].Configuration.Parameters);
            var score = value + (Noise > 0 ? Noise * Statistics.Noise.Next(noise) : 0);
            history[first] = history[first] with { Score = score };
            if (score < bestScore) (bestScore, best) = (score, value);
            found.Add(best);
        }
        return [.. found];
    }

    private static double Number(IReadOnlyDictionary<string, ParameterValue> point, string name) => point[name].AsDouble!.Value;

    private static CategoricalDistribution Choice(params long[] numbers) => new([.. numbers.Select(ParameterValue.Of)]);
}
