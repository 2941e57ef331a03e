using System.Runtime.InteropServices;

namespace Sweeps.Training.Tests;

/// <summary>GPT-2 (Radford et al. 2019) in loops over doubles, from a file with the Hugging Face hub's names and Conv1D layout: y = x W + b, W of shape (in, out).</summary>
internal static class PlainGpt2
{
    /// <summary>Logits of all positions, (T, V) row after row.</summary>
    internal static double[] Logits(SafetensorsSpecification file, int attentionHeads, long[] tokens)
    {
        var (wte, wpe) = (Matrix(file, "wte.weight"), Matrix(file, "wpe.weight"));
        var x = tokens.Select((token, t) => wte[token].Zip(wpe[t], (a, b) => a + b).ToArray()).ToArray();
        for (var layer = 0; file.Tensors.Any(tensor => tensor.Name.StartsWith($"h.{layer}.", StringComparison.Ordinal)); layer++)
        {
            var h = $"h.{layer}.";
            x = Add(x, Conv1D(file, h + "attn.c_proj", Attention(Conv1D(file, h + "attn.c_attn", Norm(file, h + "ln_1", x)), attentionHeads)));
            var hidden = Conv1D(file, h + "mlp.c_fc", Norm(file, h + "ln_2", x)).Select(row => row.Select(Gelu).ToArray()).ToArray();
            x = Add(x, Conv1D(file, h + "mlp.c_proj", hidden));
        }
        return [.. Norm(file, "ln_f", x).SelectMany(row => wte.Select(embedding => Dot(row, embedding)))];
    }

    private static double[][] Attention(double[][] qkv, int heads)
    {
        var C = qkv[0].Length / 3;
        var D = C / heads;
        var y = qkv.Select(_ => new double[C]).ToArray();
        for (var t = 0; t < qkv.Length; t++)
        {
            for (var head = 0; head < heads; head++)
            {
                var q = qkv[t][(head * D)..((head + 1) * D)];
                var scores = Enumerable.Range(0, t + 1).Select(s => Math.Exp(Dot(q, qkv[s][(C + head * D)..(C + (head + 1) * D)]) / Math.Sqrt(D))).ToArray();
                for (var s = 0; s <= t; s++)
                    for (var d = 0; d < D; d++) y[t][head * D + d] += scores[s] / scores.Sum() * qkv[s][2 * C + head * D + d];
            }
        }
        return y;
    }

    private static double[][] Norm(SafetensorsSpecification file, string name, double[][] x)
    {
        var (weight, bias) = (Vector(file, name + ".weight"), Vector(file, name + ".bias"));
        return [.. x.Select(row =>
        {
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + 1e-5);
            return row.Select((value, c) => (value - mean) / deviation * weight[c] + bias[c]).ToArray();
        })];
    }

    private static double[][] Conv1D(SafetensorsSpecification file, string name, double[][] x)
    {
        var (weight, bias) = (Matrix(file, name + ".weight"), Vector(file, name + ".bias"));
        return [.. x.Select(row => bias.Select((b, column) => b + row.Select((value, c) => value * weight[c][column]).Sum()).ToArray())];
    }

    private static double Gelu(double x) => x / 2 * (1 + Erf(x / Math.Sqrt(2)));

    // Its series, which converges everywhere and fast for the small arguments of a small model.
    private static double Erf(double x)
    {
        var (sum, term) = (x, x);
        for (var n = 1; n < 60; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Vector(SafetensorsSpecification file, string name) => [.. MemoryMarshal.Cast<byte, float>(file[name].Data).ToArray().Select(value => (double)value)];

    private static double[][] Matrix(SafetensorsSpecification file, string name)
    {
        var columns = (int)file[name].Shape[1];
        return [.. Vector(file, name).Chunk(columns)];
    }
}
