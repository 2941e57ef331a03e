using Sweeps.Core.Gpt;
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

    [Theory]
    [InlineData(CautiousDecay.NotAgainst)]
    [InlineData(CautiousDecay.Along)]
    public void Cautious_decay_shrinks_only_what_the_update_shrinks(CautiousDecay cautious)
    {
        // p -= lr^2 * wd * mask * p with mask = update * p > 0 (or >= 0): the third number's update is 0, the fourth number is.
        double[] start = [0.5, -1.5, 2.0, 0.0], gradient = [0.1, 0.2, 0.0, 0.3];
        const double LearningRate = 0.1, Decay = 0.4;
        using var matrix = new Parameter(tensor(start, [2, 2]));
        using var optimizer = new AdamW([("matrix", matrix)], 0.9, 0.99, Decay, cautious);
        matrix.grad = tensor(gradient, [2, 2]);
        optimizer.Step(LearningRate);
        var expected = start.Select((p, i) =>
        {
            // At the first step the corrected moments are g and g^2.
            var update = gradient[i] / (Math.Abs(gradient[i]) + 1e-8);
            var mask = cautious == CautiousDecay.Along ? update * p > 0 : update * p >= 0;
            return p - (mask ? LearningRate * LearningRate * Decay * p : 0) - LearningRate * update;
        });
        Assert.Equal(expected, matrix.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
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
