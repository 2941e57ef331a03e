using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class MaskedLossTests : IDisposable
{
    private const int B = 3, T = 7, V = 11;

    private static readonly TrainingOptions Small = new() { Layers = 2, AttentionHeads = 2, Width = 16, Context = T, BatchSize = B };

    public MaskedLossTests() => set_default_dtype(float64);

    public void Dispose() => set_default_dtype(float32);

    [Theory]
    [InlineData(HeadKind.Shared, BackwardMode.Sequential, 1)]
    [InlineData(HeadKind.Shared, BackwardMode.Naive, 1)]
    [InlineData(HeadKind.Shared, BackwardMode.Sequential, 3)]
    [InlineData(HeadKind.Shared, BackwardMode.Naive, 3)]
    [InlineData(HeadKind.Parallel, BackwardMode.Sequential, 3)]
    [InlineData(HeadKind.Parallel, BackwardMode.Naive, 3)]
    public void The_loss_is_the_mean_over_trained_targets(HeadKind kind, BackwardMode backward, int heads)
    {
        using var scope = NewDisposeScope();
        var options = Small with { Heads = heads, HeadKind = kind, Backward = backward };
        using var model = new Gpt(options, V);
        using var batch = Random(heads, out var trained, out var windows);
        double[] w = [1, 0.5, 0.25];
        var (objective, next) = FutureTokenLoss.Backward(model, batch, options, w[..heads]);

        var length = T + heads;
        var (expected, expectedNext, nextCount) = (0.0, 0.0, Count(0));
        using (no_grad())
        {
            var z = model.Trunk(batch.Tokens);
            for (var k = 0; k < heads; k++)
            {
                var logs = model.Logits(kind == HeadKind.Shared ? model.Head(0, z, batch.Tokens) : model.Head(k, z, batch.Tokens)).log_softmax(-1).data<double>().ToArray();
                for (var b = 0; b < B; b++)
                {
                    for (var t = 0; t < T && (kind == HeadKind.Parallel || t + k < T); t++)
                    {
                        if (!trained[b * length + t + k + 1]) continue;
                        var loss = -logs[(b * T + t) * V + windows[b * length + t + k + 1]];
                        expected += w[k] * loss / (kind == HeadKind.Shared ? nextCount : Count(k));
                        if (k == 0) expectedNext += loss / nextCount;
                    }
                }
            }
        }
        Assert.Equal(expected, objective.item<double>(), 1e-10);
        Assert.Equal(expectedNext, next.item<double>(), 1e-10);
        Assert.Equal(expectedNext, FutureTokenLoss.NextToken(model, batch).item<double>(), 1e-10);

        int Count(int k) => Enumerable.Range(0, B).Sum(b => Enumerable.Range(0, T).Count(t => trained[b * length + t + k + 1]));
    }

    [Theory]
    [InlineData(HeadKind.Shared, 3)]
    [InlineData(HeadKind.Parallel, 3)]
    public void Masked_targets_have_no_gradient_whatever_they_are(HeadKind kind, int heads)
    {
        using var scope = NewDisposeScope();
        var options = Small with { Heads = heads, HeadKind = kind };
        using var batch = Random(heads, out var trained, out var windows);
        // The last tokens of a row are only targets: with none of them trained they can be anything.
        var length = T + heads;
        for (var b = 0; b < B; b++) for (var i = T; i < length; i++) trained[b * length + i] = false;
        var changed = windows.Select((token, i) => i % length >= T ? (token + 1) % V : token).ToArray();
        Assert.Equal(Gradients(windows), Gradients(changed));

        double[] Gradients(long[] tokens)
        {
            using var other = new Batch(tokens, B, T, heads) { Trained = trained };
            // The same weights every time, and no gradients yet.
            using var model = new Gpt(options, V);
            FutureTokenLoss.Backward(model, other, options, [1, 0.5, 0.25]);
            return [.. model.parameters().SelectMany(p => p.grad!.reshape(-1).data<double>().ToArray())];
        }
    }

    [Theory]
    [InlineData(HeadKind.Shared)]
    [InlineData(HeadKind.Parallel)]
    public void A_mask_of_everything_changes_nothing(HeadKind kind)
    {
        using var scope = NewDisposeScope();
        var options = Small with { Heads = 2, HeadKind = kind };
        using var model = new Gpt(options, V);
        using var masked = Random(2, out var trained, out var windows);
        Array.Fill(trained, true);
        using var plain = new Batch(windows, B, T, 2);
        var a = FutureTokenLoss.Backward(model, masked, options, [1, 0.5]);
        var b = FutureTokenLoss.Backward(model, plain, options, [1, 0.5]);
        Assert.Equal(b.Objective.item<double>(), a.Objective.item<double>(), 1e-12);
        Assert.Equal(b.NextToken.item<double>(), a.NextToken.item<double>(), 1e-12);
    }

    [Fact]
    public void An_answer_is_right_when_all_its_tokens_are()
    {
        // Targets of each row: one answer of two tokens, two neighbouring answers, and what is asked of nobody.
        int[] answers = [0, 1, 1, 0, 2, 3, 0, 0];
        long[] windows = [9, 1, 2, 3, 4, 5, 6, 7];
        using var batch = new Batch([.. windows, .. windows], 2, 7, 1) { Answers = [.. answers, .. answers] };
        Assert.Equal((6, 6), batch.Score([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7]));
        Assert.Equal((6, 6), batch.Score([1, 2, 0, 4, 5, 0, 0, 1, 2, 0, 4, 5, 0, 0]));
        // First row: half an answer is none. Second row: the third answer is wrong.
        Assert.Equal((4, 6), batch.Score([1, 0, 3, 4, 5, 6, 7, 1, 2, 3, 4, 0, 6, 7]));
        Assert.Equal((0, 6), batch.Score(new long[14]));
        using var without = new Batch(windows, 1, 7, 1);
        Assert.Equal((0, 0), without.Score(windows));
    }

    [Fact]
    public void An_answer_that_ends_with_the_row_counts()
    {
        using var batch = new Batch([1, 2, 3, 4], 2, 1, 1) { Answers = [0, 1, 0, 1] };
        Assert.Equal((1, 2), batch.Score([2, 3]));
    }

    private static Batch Random(int heads, out bool[] trained, out long[] windows)
    {
        var random = new SplitMix64(5);
        var tokens = new long[B * (T + heads)];
        var mask = new bool[tokens.Length];
        for (var i = 0; i < tokens.Length; i++) (tokens[i], mask[i]) = (random.Below(V), random.Below(2) == 0);
        (trained, windows) = (mask, tokens);
        return new Batch(tokens, B, T, heads) { Trained = mask };
    }
}
