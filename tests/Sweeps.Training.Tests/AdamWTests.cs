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
    public void A_step_acts_on_the_sum_of_the_gradients_held_before_it()
    {
        double[] start = [0.5, -1.5, 2.0, 0.25];
        using var held = new Parameter(tensor(start, [2, 2]));
        using var heldOptimizer = new AdamW([("matrix", held)], 0.9, 0.99, 0.1);
        using var summed = new Parameter(tensor(start, [2, 2]));
        using var summedOptimizer = new AdamW([("matrix", summed)], 0.9, 0.99, 0.1);
        // Twice, so that the moments of the second sum stand on those of the first.
        for (var i = 0; i < 2; i++)
        {
            held.grad = tensor([0.1, -0.2, 0.3, 1.0], [2, 2]);
            heldOptimizer.Hold(0.5);
            held.grad = tensor([-0.4, 0.5, 0.6, 0.0], [2, 2]);
            heldOptimizer.Hold();
            Assert.Null(held.grad);
            held.grad = tensor([0.7, 0.8, -0.9, 1e-3], [2, 2]);
            heldOptimizer.Step(0.01, 0.25);
            summed.grad = tensor([0.05 - 0.4 + 0.175, -0.1 + 0.5 + 0.2, 0.15 + 0.6 - 0.225, 0.5 + 0.25e-3], [2, 2]);
            summedOptimizer.Step(0.01);
            Assert.Null(heldOptimizer.States[0].Pending);
        }
        Assert.Equal(2, heldOptimizer.States[0].Steps);
        Assert.Equal(summed.data<double>().ToArray(), held.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void A_gradient_of_one_of_the_steps_is_enough_to_act_and_none_leaves_a_parameter_as_it_is()
    {
        using var early = new Parameter(ones([2], float64));
        using var late = new Parameter(ones([2], float64));
        using var never = new Parameter(ones([2, 2], float64));
        using var optimizer = new AdamW([("early", early), ("late", late), ("never", never)], 0.9, 0.99, 0.1);
        early.grad = ones([2], float64);
        optimizer.Hold();
        Assert.Equal([1.0, 1.0], early.data<double>().ToArray());
        late.grad = ones([2], float64);
        optimizer.Step(0.1);
        // The first step of AdamW is as long as the learning rate, whatever the gradient.
        Assert.All(early.data<double>().ToArray().Concat(late.data<double>().ToArray()), p => Assert.Equal(0.9, p, 1e-8));
        Assert.All(never.data<double>().ToArray(), p => Assert.Equal(1.0, p));
        Assert.Equal([1, 1, 0], optimizer.States.Select(s => s.Steps));
    }

    [Fact]
    public void Adam_acts_at_every_nth_step_with_the_learning_rate_of_that_step()
    {
        var options = new TrainingOptions { AdamEvery = 3, WarmupSteps = 10, WeightDecay = 0 };
        using var parameter = new Parameter(zeros([1], float64));
        using var optimizer = new Optimizer([("parameter", parameter)], options);
        var before = 0.0;
        for (var step = 0; step < 9; step++)
        {
            parameter.grad = ones([1], float64);
            optimizer.Step(step, 0, 1);
            var after = parameter.data<double>()[0];
            // With a gradient that stays the same, corrected moments are g and g^2: a step is as long as the learning rate.
            Assert.Equal(step % 3 == 2 ? optimizer.LearningRate.At(step, 0) : 0, before - after, 1e-10);
            before = after;
        }
    }

    [Theory]
    [InlineData(OptimizerKind.Adamw)]
    [InlineData(OptimizerKind.Muon)]
    public void The_gradients_norm_is_global(OptimizerKind kind)
    {
        using var a = new Parameter(zeros([2], float64));
        using var b = new Parameter(zeros([1, 1], float64));
        using var c = new Parameter(zeros([3], float64));
        using var optimizer = new Optimizer([("a.weight", a), ("b.weight", b), ("c.weight", c)], new TrainingOptions { Optimizer = kind });
        a.grad = tensor([1.0, 2.0], [2]);
        b.grad = tensor([2.0], [1, 1]);
        Assert.Equal(3, optimizer.GradientNorm(), 1e-12);
    }
}
