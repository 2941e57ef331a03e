using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class AdamWTests
{
    [Fact]
    public void Steps_follow_the_paper()
    {
        // Algorithm 2 of Loshchilov and Hutter 2019, one number at a time.
        double[] start = [0.5, -1.5, 2.0, 0.25];
        double[][] gradients = [[0.1, -0.2, 0.3, 1.0], [-0.4, 0.5, 0.6, 0.0], [0.7, 0.8, -0.9, 1e-3]];
        const double LearningRate = 0.01, Beta1 = 0.9, Beta2 = 0.99, Decay = 0.1, Scale = 0.5;

        using var matrix = new Parameter(tensor(start, [2, 2]));
        using var vector = new Parameter(tensor(start, [4]));
        using var optimizer = new AdamW([("matrix", matrix), ("vector", vector)], Beta1, Beta2, Decay);
        foreach (var gradient in gradients)
        {
            matrix.grad = tensor(gradient, [2, 2]);
            vector.grad = tensor(gradient, [4]);
            optimizer.Step(LearningRate, Scale);
            Assert.Null(matrix.grad);
        }

        Assert.Equal(Expected(Decay), matrix.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(Expected(0), vector.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);

        double[] Expected(double decay) => start.Select((value, i) =>
        {
            double p = value, m = 0, v = 0;
            for (var t = 1; t <= gradients.Length; t++)
            {
                var g = gradients[t - 1][i] * Scale;
                p -= LearningRate * decay * p;
                m = Beta1 * m + (1 - Beta1) * g;
                v = Beta2 * v + (1 - Beta2) * g * g;
                p -= LearningRate * (m / (1 - Math.Pow(Beta1, t))) / (Math.Sqrt(v / (1 - Math.Pow(Beta2, t))) + 1e-8);
            }
            return p;
        }).ToArray();
    }

    [Fact]
    public void The_gradients_norm_is_global()
    {
        using var a = new Parameter(zeros([2], float64));
        using var b = new Parameter(zeros([1], float64));
        using var c = new Parameter(zeros([3], float64));
        using var optimizer = new AdamW([("a", a), ("b", b), ("c", c)], 0.9, 0.99, 0);
        a.grad = tensor([1.0, 2.0], [2]);
        b.grad = tensor([2.0], [1]);
        Assert.Equal(3, optimizer.GradientNorm(), 1e-12);
    }
}
