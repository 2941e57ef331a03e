using Sweeps.Core.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class MuonTests
{
    private const double A = 3.4445f, B = -4.7750f, C = 2.0315f;

    [Theory]
    [InlineData(6, 6)]
    [InlineData(24, 6)]
    [InlineData(6, 24)]
    public void Newton_Schulz_brings_the_singular_values_near_1_and_leaves_the_singular_vectors(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        // G = U S V' with known singular values, the smallest a twelfth of the largest.
        var n = Math.Min(rows, columns);
        var random = new Random(3);
        var (u, v) = (Orthonormal(rows, n, random), Orthonormal(columns, n, random));
        var singular = Enumerable.Range(0, n).Select(i => 7.0 / (1 + 11.0 * i / (n - 1))).ToArray();
        var g = new double[rows * columns];
        for (var i = 0; i < rows; i++) for (var j = 0; j < columns; j++) for (var k = 0; k < n; k++) g[i * columns + j] += u[k][i] * singular[k] * v[k][j];

        var o = Muon.Orthogonal(tensor(g, [1, rows, columns])).data<double>().ToArray();

        var norm = Math.Sqrt(singular.Sum(s => s * s)) + 1e-7;
        for (var k = 0; k < n; k++)
        {
            for (var l = 0; l < n; l++)
            {
                var value = 0.0;            // u_k' O v_l
                for (var i = 0; i < rows; i++) for (var j = 0; j < columns; j++) value += u[k][i] * o[i * columns + j] * v[l][j];
                if (k != l)
                {
                    Assert.Equal(0, value, 1e-10);
                    continue;
                }
                var x = singular[k] / norm;
                for (var i = 0; i < 5; i++) x = A * x + B * Math.Pow(x, 3) + C * Math.Pow(x, 5);
                Assert.Equal(x, value, 1e-10);
                // The iteration wanders between 0.68 and 1.2 and settles nowhere.
                Assert.InRange(value, 0.68, 1.2);
            }
        }
    }

    [Theory]
    [InlineData("mlp.up.weight", 8, 3, 1)]
    [InlineData("mlp.down.weight", 3, 8, 1)]
    [InlineData("attention.qkv.weight", 12, 4, 3)]
    public void Steps_are_those_of_the_definition(string name, int rows, int columns, int maps)
    {
        const double LearningRate = 0.02, Momentum = 0.95, Decay = 0.1, Scale = 0.5;
        var random = new Random(4);
        var p = Normal(rows * columns, random);
        using var parameter = new Parameter(tensor(p, [rows, columns]));
        using var muon = new Muon([(name, parameter)], Momentum, Decay);
        var m = new double[p.Length];
        for (var step = 0; step < 3; step++)
        {
            var gradient = Normal(p.Length, random);
            parameter.grad = tensor(gradient, [rows, columns]);
            muon.Step(LearningRate, Scale);
            Assert.Null(parameter.grad);

            var ahead = new double[p.Length];
            for (var i = 0; i < p.Length; i++)
            {
                m[i] = Momentum * m[i] + Scale * gradient[i];
                ahead[i] = Scale * gradient[i] + Momentum * m[i];
            }
            var size = p.Length / maps;
            for (var map = 0; map < maps; map++)
            {
                var o = NewtonSchulz(ahead[(map * size)..((map + 1) * size)], rows / maps, columns);
                for (var i = 0; i < size; i++)
                    p[map * size + i] = p[map * size + i] * (1 - LearningRate * Decay) - LearningRate * Math.Sqrt(Math.Max(1, (double)rows / maps / columns)) * o[i];
            }
        }
        Assert.Equal(p, parameter.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void Cautious_decay_shrinks_only_what_the_update_shrinks()
    {
        // The gradient's signs are those of its orthogonal matrix here: both are diagonal.
        double[] start = [0.5, 0.0, 0.0, 2.0], gradient = [0.1, 0.0, 0.0, -0.1];
        using var plain = new Parameter(tensor(start, [2, 2]));
        using var plainMuon = new Muon([("plain.weight", plain)], 0.95, 0);
        using var cautious = new Parameter(tensor(start, [2, 2]));
        using var cautiousMuon = new Muon([("cautious.weight", cautious)], 0.95, 0.4, CautiousDecay.Along);
        plain.grad = tensor(gradient, [2, 2]);
        cautious.grad = tensor(gradient, [2, 2]);
        plainMuon.Step(0.1);
        cautiousMuon.Step(0.1);
        var expected = plain.data<double>().ToArray();
        expected[0] -= 0.1 * 0.1 * 0.4 * 0.5;
        Assert.Equal(expected, cautious.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_gradient_of_zero_moves_nothing()
    {
        using var parameter = new Parameter(ones([2, 3], float64));
        using var muon = new Muon([("weight.weight", parameter)], 0.95, 0);
        parameter.grad = zeros([2, 3], float64);
        muon.Step(0.1);
        Assert.All(parameter.data<double>().ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Muon_trains_the_matrices_of_the_layers_and_AdamW_the_rest()
    {
        var options = new TrainingOptions { Layers = 1, AttentionHeads = 2, Width = 8, Context = 4, Bias = true, Optimizer = OptimizerKind.Muon };
        string[] layer = ["attention.qkv", "attention.projection", "mlp.up", "mlp.down"];
        Assert.Equal(layer.Select(name => $"trunk.0.{name}.weight"), Matrices(options));
        Assert.Equal([.. layer.Select(name => $"trunk.0.{name}.weight"), "maps.0.weight", "maps.1.weight"], Matrices(options with { HeadKind = HeadKind.Linear, Heads = 2 }));
        Assert.Equal(layer.Select(name => $"trunk.0.{name}.weight"), Matrices(options with { TimeWeighting = TimeWeighting.Circulant }));
        Assert.Equal(layer.Length, Matrices(options with { HeadKind = HeadKind.Replicated, Heads = 3 }).Count);
        Assert.Equal(2 * layer.Length + 1, Matrices(options with { HeadKind = HeadKind.Deepseek, Heads = 2 }).Count);

        static IReadOnlyList<string> Matrices(TrainingOptions options)
        {
            using var model = new Gpt(options, 11);
            using var optimizer = new Optimizer(model.named_parameters(), options);
            Assert.Equal(model.named_parameters().Select(p => p.name).Order(), optimizer.AdamW.States.Select(s => s.Name).Concat(optimizer.Muon.States.Select(s => s.Name)).Order());
            Assert.All(optimizer.Muon.States, state => Assert.Equal(2, state.Parameter.dim()));
            return [.. optimizer.Muon.States.Select(s => s.Name)];
        }
    }

    private static double[] NewtonSchulz(double[] g, int rows, int columns)
    {
        var norm = Math.Sqrt(g.Sum(value => value * value)) + 1e-7;
        var x = g.Select(value => value / norm).ToArray();
        for (var iteration = 0; iteration < 5; iteration++)
        {
            var square = Product(x, Transposed(x, rows, columns), rows, columns, rows);
            var cubed = Product(square, x, rows, rows, columns);
            var fifth = Product(square, cubed, rows, rows, columns);
            x = [.. x.Select((value, i) => A * value + B * cubed[i] + C * fifth[i])];
        }
        return x;
    }

    private static double[] Product(double[] a, double[] b, int rows, int inner, int columns)
    {
        var product = new double[rows * columns];
        for (var i = 0; i < rows; i++) for (var j = 0; j < columns; j++) for (var k = 0; k < inner; k++) product[i * columns + j] += a[i * inner + k] * b[k * columns + j];
        return product;
    }

    private static double[] Transposed(double[] a, int rows, int columns) =>
        [.. Enumerable.Range(0, a.Length).Select(i => a[i % rows * columns + i / rows])];

    // n vectors of a length by Gram and Schmidt.
    private static double[][] Orthonormal(int length, int n, Random random)
    {
        var vectors = new double[n][];
        for (var k = 0; k < n; k++)
        {
            var vector = Normal(length, random);
            foreach (var other in vectors.Take(k))
            {
                var along = vector.Zip(other, (a, b) => a * b).Sum();
                for (var i = 0; i < length; i++) vector[i] -= along * other[i];
            }
            var norm = Math.Sqrt(vector.Sum(a => a * a));
            vectors[k] = [.. vector.Select(a => a / norm)];
        }
        return vectors;
    }

    private static double[] Normal(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
