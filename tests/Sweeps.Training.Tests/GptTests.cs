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

        Tensor[] AllLogits(long[] values)
        {
            var z = model.Trunk(tensor(values, [1, 8]));
            return Enumerable.Range(0, kind == HeadKind.Shared ? 1 : 3).Select(i => model.Logits(model.Head(i, z))).ToArray();
        }
    }

    [Fact]
    public void One_parallel_head_is_the_base_model_bit_for_bit()
    {
        using var plain = new Gpt(Small, 11);
        using var parallel = new Gpt(Small with { HeadKind = HeadKind.Parallel, Heads = 1 }, 11);
        using var batch = TestBatches.Random(Small, vocabulary: 11);
        Assert.Equal(plain.call(batch.Tokens).data<float>().ToArray(), parallel.call(batch.Tokens).data<float>().ToArray());
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
}
