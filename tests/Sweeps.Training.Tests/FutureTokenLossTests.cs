using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class FutureTokenLossTests : IDisposable
{
    private const int Vocabulary = 11;

    private static readonly TrainingOptions Small = new()
    {
        Layers = 2, AttentionHeads = 2, Width = 16, Context = 5, BatchSize = 3, Heads = 3,
    };

    public FutureTokenLossTests() => set_default_dtype(float64);

    public void Dispose() => set_default_dtype(float32);

    [Theory]
    [InlineData(DocumentBoundary.Cross, BackwardMode.Sequential)]
    [InlineData(DocumentBoundary.Cross, BackwardMode.Naive)]
    [InlineData(DocumentBoundary.Stop, BackwardMode.Sequential)]
    public void The_shared_loss_is_the_triple_sum(DocumentBoundary boundary, BackwardMode backward)
    {
        var options = Small with { DocumentBoundary = boundary, Backward = backward };
        double[] w = [1, 0.5, 0.25];
        using var model = new Gpt(options, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary, documentEnd: 3);
        var (objective, next) = FutureTokenLoss.Backward(model, batch, options, w);

        var z = Rows(model, batch);
        var tokens = batch.Tokens.data<long>().ToArray();
        var targets = batch.Target(0).data<long>().ToArray();
        var (B, T) = (options.BatchSize, options.Context);
        double sum = 0, first = 0;
        var terms = new int[w.Length];
        for (var b = 0; b < B; b++)
        {
            for (var t = 0; t < T; t++)
            {
                for (var k = 0; k < w.Length && t + k < T; k++)
                {
                    // A target of the next document: a 3 stands between this position and it.
                    if (boundary == DocumentBoundary.Stop && Enumerable.Range(t, k).Any(j => targets[b * T + j] == 3)) continue;
                    var row = z[b * T + t];
                    var loss = Math.Log(row.Sum(Math.Exp)) - row[targets[b * T + t + k]];
                    sum += w[k] * loss;
                    terms[k]++;
                    if (k == 0) first += loss;
                }
            }
        }
        if (boundary == DocumentBoundary.Cross) Assert.Equal([5 * B, 4 * B, 3 * B], terms);
        else Assert.True(terms[1] < 4 * B, "the batch must have a document's end for this to test anything");
        Assert.Equal(sum / (B * T), objective.item<double>(), 1e-9);
        Assert.Equal(first / (B * T), next.item<double>(), 1e-9);
    }

    [Fact]
    public void A_single_weight_is_plain_cross_entropy()
    {
        using var model = new Gpt(Small, Vocabulary);
        using var batch = TestBatches.Random(Small, Vocabulary);
        var expected = nn.functional.cross_entropy(model.call(batch.Tokens).view(-1, Vocabulary), batch.Target(0));
        expected.backward();
        var reference = Gradients(model);
        var (objective, _) = FutureTokenLoss.Backward(model, batch, Small, [1]);
        Assert.Equal(expected.item<double>(), objective.item<double>(), 1e-12);
        AssertClose(reference, Gradients(model), 1e-12);
    }

    [Theory]
    [MemberData(nameof(ModelVariants.HeadKinds), MemberType = typeof(ModelVariants))]
    public void Weights_of_zero_change_nothing(HeadKind kind)
    {
        var options = Small with { HeadKind = kind };
        using var model = new Gpt(options, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary);
        var (one, _) = FutureTokenLoss.Backward(model, batch, options, [1]);
        var gradients = Gradients(model);
        var (padded, _) = FutureTokenLoss.Backward(model, batch, options, [1, 0, 0]);
        Assert.Equal(one.item<double>(), padded.item<double>());
        AssertClose(gradients, Gradients(model), 0);
    }

    [Theory]
    [InlineData(HeadKind.Shared, 1)]
    [InlineData(HeadKind.Shared, 3)]
    [InlineData(HeadKind.Parallel, 1)]
    [InlineData(HeadKind.Parallel, 2)]
    [InlineData(HeadKind.Parallel, 4)]
    [InlineData(HeadKind.Causal, 1)]
    [InlineData(HeadKind.Causal, 4)]
    [InlineData(HeadKind.Anticausal, 1)]
    [InlineData(HeadKind.Anticausal, 4)]
    [InlineData(HeadKind.Linear, 3)]
    [InlineData(HeadKind.Replicated, 3)]
    [InlineData(HeadKind.Deepseek, 1)]
    [InlineData(HeadKind.Deepseek, 3)]
    public void Sequential_gradients_equal_those_of_the_naive_sum(HeadKind kind, int heads)
    {
        var options = Small with { HeadKind = kind, Heads = heads, Layers = 3 };
        double[] w = [1, 0.5, 0.25, 0.125];
        using var model = new Gpt(options, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary);
        var (naive, naiveNext) = FutureTokenLoss.Backward(model, batch, options with { Backward = BackwardMode.Naive }, w);
        var reference = Gradients(model);
        var (sequential, next) = FutureTokenLoss.Backward(model, batch, options with { Backward = BackwardMode.Sequential }, w);
        Assert.Equal(naive.item<double>(), sequential.item<double>(), 1e-10);
        Assert.Equal(naiveNext.item<double>(), next.item<double>(), 1e-10);
        AssertClose(reference, Gradients(model), 1e-10);
        Assert.Equal(model.parameters().Count(), reference.Count);
    }

    [Theory]
    [InlineData(HeadKind.Anticausal)]
    [InlineData(HeadKind.Causal)]
    [InlineData(HeadKind.Deepseek)]
    public void A_weight_of_zero_in_the_middle_of_a_chain_lets_gradients_through(HeadKind kind)
    {
        var options = Small with { HeadKind = kind };
        using var model = new Gpt(options, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary);
        FutureTokenLoss.Backward(model, batch, options with { Backward = BackwardMode.Naive }, [1, 0, 0.5]);
        var reference = Gradients(model);
        FutureTokenLoss.Backward(model, batch, options, [1, 0, 0.5]);
        AssertClose(reference, Gradients(model), 1e-10);
    }

    [Theory]
    [InlineData(HeadKind.Parallel)]
    [InlineData(HeadKind.Deepseek)]
    public void Targets_of_the_next_document_do_not_count_where_the_boundary_stops(HeadKind kind)
    {
        var options = Small with { HeadKind = kind, DocumentBoundary = DocumentBoundary.Stop };
        double[] w = [1, 0.5, 0.25];
        using var model = new Gpt(options, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary, documentEnd: 3);
        var (objective, _) = FutureTokenLoss.Backward(model, batch, options, w);

        using var off = no_grad();
        var (B, T) = (options.BatchSize, options.Context);
        var targets = Enumerable.Range(0, 3).Select(k => batch.Target(k).data<long>().ToArray()).ToArray();
        double sum = 0;
        var counted = 0;
        var h = model.Trunk(batch.Tokens);
        for (var k = 0; k < 3; k++)
        {
            var output = model.Head(k, h, batch.Tokens);
            if (kind == HeadKind.Deepseek) h = output;
            var rows = model.Logits(output, k).view(-1, Vocabulary).data<double>().ToArray().Chunk(Vocabulary).ToArray();
            for (var i = 0; i < B * T; i++)
            {
                // Deepseek sees no token behind the context, so the last k positions have no loss; the divisor stays B*T.
                if (kind == HeadKind.Deepseek && i % T + k >= T) continue;
                if (Enumerable.Range(0, k).Any(j => targets[j][i] == 3)) continue;
                sum += w[k] * (Math.Log(rows[i].Sum(Math.Exp)) - rows[i][targets[k][i]]);
                counted++;
            }
        }
        Assert.True(counted < (kind == HeadKind.Deepseek ? 12 : 15) * B, "the batch must have a document's end for this to test anything");
        Assert.Equal(sum / (B * T), objective.item<double>(), 1e-9);
    }

    [Fact]
    public void Normalized_weights_sum_to_one()
    {
        using var model = new Gpt(Small, Vocabulary);
        using var batch = TestBatches.Random(Small, Vocabulary);
        var (plain, _) = FutureTokenLoss.Backward(model, batch, Small, [2, 1, 1]);
        var (normalized, _) = FutureTokenLoss.Backward(model, batch, Small with { NormalizeWeights = true }, [2, 1, 1]);
        Assert.Equal(plain.item<double>() / 4, normalized.item<double>(), 1e-12);
    }

    [Fact]
    public void Logits_of_one_head_at_a_time_are_alive()
    {
        // V is large and C small, so that logits are nearly all of the memory: 2048 positions of 6000 logits are 47 MiB.
        set_default_dtype(float32);
        var shape = new TrainingOptions { Layers = 1, AttentionHeads = 1, Width = 4, Context = 16, BatchSize = 128, HeadKind = HeadKind.Parallel };
        var logits = 128 * 16 * 6000 * sizeof(float) / 1048576.0;
        Peak(1, BackwardMode.Sequential);
        double one = Peak(1, BackwardMode.Sequential), two = Peak(2, BackwardMode.Sequential),
            four = Peak(4, BackwardMode.Sequential), eight = Peak(8, BackwardMode.Sequential);
        double naiveOne = Peak(1, BackwardMode.Naive), naiveEight = Peak(8, BackwardMode.Naive);
        Assert.InRange(one, logits, 6 * logits);
        foreach (var more in new[] { two, four, eight }) Assert.InRange(more / one, 0.90, 1.05);
        // Seven heads more are seven heads' logits more, all alive at once.
        Assert.True(naiveEight - naiveOne > 0.95 * 7 * logits, $"naive: {naiveOne:F0} MiB for one head, {naiveEight:F0} MiB for eight");

        double Peak(int heads, BackwardMode backward)
        {
            var options = shape with { Heads = heads, Backward = backward };
            using var model = new Gpt(options, 6000);
            using var batch = TestBatches.Random(options, 6000);
            var weights = Enumerable.Repeat(1.0, heads).ToArray();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            File.WriteAllText("/proc/self/clear_refs", "5");    // the peak begins again at what is resident now
            var before = Memory("VmRSS:");
            using var scope = NewDisposeScope();
            FutureTokenLoss.Backward(model, batch, options, weights);
            return Memory("VmHWM:") - before;
        }

        static double Memory(string key) => double.Parse(
            File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal))[key.Length..^2],
            System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }

    private static double[][] Rows(Gpt model, Batch batch)
    {
        using var off = no_grad();
        return model.call(batch.Tokens).view(-1, Vocabulary).data<double>().ToArray().Chunk(Vocabulary).ToArray();
    }

    // Reads the gradients and clears them.
    private static Dictionary<string, double[]> Gradients(Gpt model)
    {
        var result = new Dictionary<string, double[]>();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.grad is not { } gradient) continue;
            result[name] = gradient.data<double>().ToArray();
            parameter.grad = null;
        }
        return result;
    }

    private static void AssertClose(Dictionary<string, double[]> expected, Dictionary<string, double[]> actual, double tolerance)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, values) in expected)
        {
            for (var i = 0; i < values.Length; i++)
                Assert.True(Math.Abs(values[i] - actual[name][i]) <= tolerance, $"{name}[{i}]: {values[i]} and {actual[name][i]}");
        }
    }
}
