using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class GptTests
{
    private static readonly TrainingOptions Small = new() { Layers = 3, AttentionHeads = 2, Width = 16, Context = 8, BatchSize = 2 };

    [Theory]
    [InlineData(4, 4, 128, 64, 804_096, 795_904, 18, 802_944, 9, 1_152)]
    [InlineData(6, 6, 384, 256, 10_745_088, 10_646_784, 26, 10_740_096, 13, 4_992)]
    public void Parameter_counts_are_those_of_nanoGPT(
        int layers, int attentionHeads, int width, int context, long total, long withoutPositions, int decayed, long decayedCount, int other, long otherCount)
    {
        using var model = new Gpt(new TrainingOptions { Layers = layers, AttentionHeads = attentionHeads, Width = width, Context = context }, 65);
        var parameters = model.named_parameters().ToList();
        Assert.Equal(total, parameters.Sum(p => p.parameter.numel()));
        Assert.Equal(withoutPositions, total - parameters.Single(p => p.name == "positions").parameter.numel());

        using var optimizer = new AdamW(parameters, 0.9, 0.99, 0.1);
        Assert.Equal((decayed, decayedCount), Count(optimizer.States.Where(s => s.Decays)));
        Assert.Equal((other, otherCount), Count(optimizer.States.Where(s => !s.Decays)));

        static (int, long) Count(IEnumerable<AdamW.State> states) => (states.Count(), states.Sum(s => s.Parameter.numel()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_first_loss_is_that_of_guessing_among_65_symbols(int seed)
    {
        var options = new TrainingOptions { Seed = seed };
        using var model = new Gpt(options, 65);
        using var batch = TestBatches.Random(options, vocabulary: 65);
        Assert.InRange(FutureTokenLoss.NextToken(model, batch).item<float>(), 4.15f, 4.35f);
    }

    [Theory]
    [InlineData(HeadKind.Shared)]
    [InlineData(HeadKind.Parallel)]
    [InlineData(HeadKind.Causal)]
    [InlineData(HeadKind.Anticausal)]
    [InlineData(HeadKind.Linear)]
    [InlineData(HeadKind.Replicated)]
    public void Changing_a_token_leaves_the_logits_before_it_bit_equal_in_every_head(HeadKind kind)
    {
        var options = Small with { HeadKind = kind, Heads = 3 };
        using var model = new Gpt(options, 11);
        using var off = no_grad();
        const int Changed = 5;
        long[] tokens = [1, 2, 3, 4, 5, 6, 7, 8];
        var before = AllLogits(tokens);
        tokens[Changed] = 9;
        var after = AllLogits(tokens);
        for (var head = 0; head < before.Length; head++)
        {
            Assert.Equal(before[head].narrow(1, 0, Changed).data<float>().ToArray(), after[head].narrow(1, 0, Changed).data<float>().ToArray());
            Assert.NotEqual(before[head].narrow(1, Changed, 1).data<float>().ToArray(), after[head].narrow(1, Changed, 1).data<float>().ToArray());
        }

        Tensor[] AllLogits(long[] values) => LogitsOfHeads(model, tensor(values, [1, 8]), kind == HeadKind.Shared ? 1 : 3);
    }

    [Fact]
    public void Module_k_of_deepseek_sees_k_tokens_ahead_and_no_more()
    {
        var options = Small with { HeadKind = HeadKind.Deepseek, Heads = 3 };
        using var model = new Gpt(options, 11);
        using var off = no_grad();
        const int Changed = 5;
        long[] tokens = [1, 2, 3, 4, 5, 6, 7, 8];
        var before = LogitsOfHeads(model, tensor(tokens, [1, 8]), 3);
        tokens[Changed] = 9;
        var after = LogitsOfHeads(model, tensor(tokens, [1, 8]), 3);
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(before[k].narrow(1, 0, Changed - k).data<float>().ToArray(), after[k].narrow(1, 0, Changed - k).data<float>().ToArray());
            Assert.NotEqual(before[k].narrow(1, Changed - k, 1).data<float>().ToArray(), after[k].narrow(1, Changed - k, 1).data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(HeadKind.Parallel)]
    [InlineData(HeadKind.Causal)]
    [InlineData(HeadKind.Anticausal)]
    [InlineData(HeadKind.Replicated)]
    [InlineData(HeadKind.Deepseek)]
    public void One_head_is_the_base_model_bit_for_bit(HeadKind kind)
    {
        using var plain = new Gpt(Small, 11);
        using var other = new Gpt(Small with { HeadKind = kind, Heads = 1 }, 11);
        using var batch = TestBatches.Random(Small, vocabulary: 11);
        Assert.Equal(plain.call(batch.Tokens).data<float>().ToArray(), other.call(batch.Tokens).data<float>().ToArray());
        Assert.Equal(plain.parameters().Sum(p => p.numel()), other.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData(HeadKind.Replicated)]
    [InlineData(HeadKind.Deepseek)]
    public void Further_heads_leave_the_next_tokens_logits_as_they_were(HeadKind kind)
    {
        using var one = new Gpt(Small, 11);
        using var three = new Gpt(Small with { HeadKind = kind, Heads = 3 }, 11);
        using var batch = TestBatches.Random(Small, vocabulary: 11);
        Assert.Equal(one.call(batch.Tokens).data<float>().ToArray(), three.call(batch.Tokens).data<float>().ToArray());
    }

    [Theory]
    [InlineData(HeadKind.Parallel)]
    [InlineData(HeadKind.Causal)]
    [InlineData(HeadKind.Anticausal)]
    public void Matched_models_have_as_many_parameters_however_many_heads(HeadKind kind)
    {
        long Count(int heads)
        {
            using var model = new Gpt(Small with { Layers = 4, HeadKind = kind, Heads = heads, MatchParameters = true }, 11);
            return model.parameters().Sum(p => p.numel());
        }

        foreach (var heads in new[] { 2, 3, 4 }) Assert.Equal(0, Count(heads) - Count(1));
    }

    [Fact]
    public void Kinds_of_heads_add_the_parameters_of_their_papers()
    {
        long Added(HeadKind kind, int heads, bool shared = false)
        {
            using var model = new Gpt(Small with { HeadKind = kind, Heads = heads, SharedModule = shared }, 11);
            using var plain = new Gpt(Small, 11);
            return model.parameters().Sum(p => p.numel()) - plain.parameters().Sum(p => p.numel());
        }

        var C = Small.Width;
        var layer = 12 * C * C + 2 * C;
        Assert.Equal(2 * layer, Added(HeadKind.Causal, 3));
        Assert.Equal(3 * C * C, Added(HeadKind.Linear, 3));
        Assert.Equal(2 * 11 * C, Added(HeadKind.Replicated, 3));
        Assert.Equal(2 * (layer + 2 * C * C + 2 * C), Added(HeadKind.Deepseek, 3));
        Assert.Equal(layer + 2 * C * C + 2 * C, Added(HeadKind.Deepseek, 3, shared: true));
    }

    [Fact]
    public void More_parallel_heads_leave_the_first_head_as_it_was()
    {
        using var one = new Gpt(Small with { HeadKind = HeadKind.Parallel, Heads = 1 }, 11);
        using var four = new Gpt(Small with { HeadKind = HeadKind.Parallel, Heads = 4 }, 11);
        using var batch = TestBatches.Random(Small, vocabulary: 11);
        Assert.Equal(one.call(batch.Tokens).data<float>().ToArray(), four.call(batch.Tokens).data<float>().ToArray());
    }

    [Fact]
    public void Shared_heads_add_no_parameters()
    {
        using var one = new Gpt(Small, 11);
        using var four = new Gpt(Small with { Heads = 4 }, 11);
        Assert.Equal(one.parameters().Sum(p => p.numel()), four.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void A_shorter_context_sees_the_same_as_the_beginning_of_a_longer_one()
    {
        using var model = new Gpt(Small, 11);
        using var off = no_grad();
        var whole = model.call(tensor([1L, 2, 3, 4, 5, 6, 7, 8], [1, 8])).narrow(1, 0, 3).data<float>().ToArray();
        var part = model.call(tensor([1L, 2, 3], [1, 3])).data<float>().ToArray();
        for (var i = 0; i < part.Length; i++) Assert.Equal(whole[i], part[i], 1e-5f);
    }

    [Fact]
    public void Bias_adds_a_vector_to_every_linear_layer_and_norm()
    {
        using var without = new Gpt(Small, 11);
        using var with = new Gpt(Small with { Bias = true }, 11);
        var (C, L) = (Small.Width, Small.Layers);
        Assert.Equal(L * (3 * C + C + 4 * C + C + 2 * C) + C, with.parameters().Sum(p => p.numel()) - without.parameters().Sum(p => p.numel()));
    }

    // Logits of every head, each from its own input: the trunk's output, or the output of the head that it stands on.
    private static Tensor[] LogitsOfHeads(Gpt model, Tensor tokens, int heads)
    {
        var logits = new Tensor[heads];
        var z = model.Trunk(tokens);
        var input = z;
        foreach (var k in heads == 1 ? [0] : model.Order(heads))
        {
            var output = model.Head(k, model.IsChain ? input : z, tokens);
            logits[k] = model.Logits(output, k);
            input = output;
        }
        return logits;
    }
}
