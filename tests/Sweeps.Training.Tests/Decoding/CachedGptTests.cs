using Sweeps.Core.Gpt;
using Sweeps.Training.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests.Decoding;

public sealed class CachedGptTests
{
    private const int B = 2;

    private static readonly int T = DecodingModels.Small.Context;

    public static TheoryData<string> Variants => DecodingModels.Variants;

    [Theory, MemberData(nameof(Variants))]
    public void Token_by_token_it_computes_what_a_full_forward_does(string variant) => Compare(variant, cached =>
    {
        for (var t = 0; t < T; t++) cached.Read([t, t], 1);
    });

    [Theory, MemberData(nameof(Variants))]
    public void Chunk_by_chunk_it_computes_what_a_full_forward_does(string variant) => Compare(variant, cached =>
    {
        foreach (var (start, count) in new[] { (0, 7), (7, 1), (8, 5), (13, 11) }) cached.Read([start, start], count);
    });

    [Theory, MemberData(nameof(Variants))]
    public void Rows_may_go_on_from_different_places(string variant) => Compare(variant, cached =>
    {
        cached.Read([0, 0], 9);
        cached.Read([9, 4], 5);
        cached.Read([14, 9], 3);
        cached.Read([17, 12], 7);
        cached.Read([23, 19], 5);      // what stands behind the context is not looked at
    });

    [Theory, MemberData(nameof(Variants))]
    public void Tokens_that_were_rolled_back_leave_nothing_behind(string variant) => Compare(variant, cached =>
    {
        cached.Read([0, 0], 10);
        cached.ReadOther([10, 10], 6);
        cached.Read([10, 10], 4);
        cached.ReadOther([14, 14], 3);
        cached.ReadOther([12, 14], 2);
        cached.Read([12, 14], 12);
    });

    [Theory, MemberData(nameof(Variants))]
    public void Every_path_of_a_tree_is_computed_as_a_text_of_its_own(string variant)
    {
        using var model = DecodingModels.Create(DecodingModels.Of(variant));
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var cached = new CachedGpt(model, B, spare: 8);
        int[] starts = [6, 11];
        long[][] texts = [DecodingModels.Tokens(6, 1), DecodingModels.Tokens(11, 2)];
        using (var prompt = cached.Chain([0, 0], 11))
            cached.Heads(cached.Trunk(cached.Embed([.. texts.SelectMany(text => text.Concat(new long[11 - text.Length]))], prompt), prompt), 1, prompt);

        int[][] parents = [[0, 0, 0, 1, 1, 3], [0, 0, 1, 2, 0, 4]];
        var tokens = Enumerable.Range(0, B).Select(b => DecodingModels.Tokens(6, (ulong)b + 9)).ToArray();
        using var tree = cached.Tree(starts, parents);
        var h = cached.Heads(cached.Trunk(cached.Embed([.. tokens.SelectMany(row => row)], tree), tree), 1, tree)[0]!;
        var logits = cached.Logits(h, [.. Enumerable.Range(0, B * 6)]);
        for (var b = 0; b < B; b++)
        {
            for (var s = 0; s < 6; s++) AssertSame(Last(model, [.. texts[b], .. Path(b, s)]), logits.AsSpan((b * 6 + s) * model.Vocabulary, model.Vocabulary));
        }

        // One path stays: 0, 1, 4 and 0, 4, 5. The next token sees it as if there had been no tree.
        cached.Move([[7, 10], [15, 16]], [[7, 8], [12, 13]]);
        using var next = cached.Chain([9, 14], 1);
        h = cached.Heads(cached.Trunk(cached.Embed([3, 5], next), next), 1, next)[0]!;
        AssertSame(Last(model, [.. texts[0], .. Path(0, 4), 3]), cached.Logits(h, [0]));
        AssertSame(Last(model, [.. texts[1], .. Path(1, 5), 5]), cached.Logits(h, [1]));

        long[] Path(int b, int s) => s == 0 ? [tokens[b][0]] : [.. Path(b, parents[b][s]), tokens[b][s]];
    }

    [Theory, MemberData(nameof(Variants))]
    public void In_bfloat16_it_differs_by_rounding_alone(string variant)
    {
        using var model = DecodingModels.Create(DecodingModels.Of(variant) with { Precision = Precision.Bf16 });
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var cached = new CachedGpt(model, B, spare: 8);
        var reader = new Reader(cached, [DecodingModels.Tokens(T, 1), DecodingModels.Tokens(T, 2)]);
        foreach (var (start, count) in new[] { (0, 7), (7, 1), (8, 5), (13, 11) }) reader.Read([start, start], count);
        for (var b = 0; b < B; b++)
        {
            var full = model.call(tensor(reader.Tokens[b], [1, T])).data<float>().ToArray();
            var mean = full.Average();
            var error = Math.Sqrt(full.Zip(reader.Logits[b], (x, y) => Math.Pow(x - y, 2)).Average());
            var deviation = Math.Sqrt(full.Average(x => Math.Pow(x - mean, 2)));
            // bfloat16 keeps 8 bits: one rounding is off by up to 1/256, and a few of them stand behind one another.
            Assert.InRange(error / deviation, 0, 0.03);
        }
    }

    [Theory]
    [InlineData(HeadKind.Parallel), InlineData(HeadKind.Causal), InlineData(HeadKind.Anticausal), InlineData(HeadKind.Linear), InlineData(HeadKind.Replicated)]
    public void Heads_of_further_tokens_are_those_of_a_full_forward(HeadKind kind)
    {
        using var model = DecodingModels.Create(DecodingModels.Small with { HeadKind = kind, Heads = 3 });
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var cached = new CachedGpt(model, 1, spare: 4);
        var tokens = DecodingModels.Tokens(T, 4);
        var full = model.Trunk(tensor(tokens, [1, T]));
        var expected = new Tensor[3];
        var input = full;
        foreach (var k in model.Order(3)) expected[k] = input = model.Head(k, model.IsChain ? input : full, tensor(tokens, [1, T]));
        foreach (var (start, count) in new[] { (0, 10), (10, 4), (14, 10) })
        {
            using var at = cached.Chain([start], count);
            var outputs = cached.Heads(cached.Trunk(cached.Embed(tokens[start..(start + count)], at), at), 3, at);
            float[] actual = [.. cached.Logits(outputs[0]!, [.. Enumerable.Range(0, count)]), .. cached.Logits([outputs[1]!, outputs[2]!], [.. Enumerable.Range(0, count)])];
            AssertSame([.. Enumerable.Range(0, 3).SelectMany(k => model.Logits(expected[k].narrow(1, start, count), k).data<float>().ToArray())], actual);
        }
    }

    private static void Compare(string variant, Action<Reader> read)
    {
        using var model = DecodingModels.Create(DecodingModels.Of(variant));
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var cached = new CachedGpt(model, B, spare: 8);
        var reader = new Reader(cached, [DecodingModels.Tokens(T, 1), DecodingModels.Tokens(T, 2)]);
        read(reader);
        for (var b = 0; b < B; b++)
        {
            var full = model.call(tensor(reader.Tokens[b], [1, T])).data<float>().ToArray();
            Assert.InRange(full.Max() - full.Min(), 0.5, 100);
            AssertSame(full, reader.Logits[b]);
        }
    }

    private static float[] Last(Gpt model, long[] text) => model.call(tensor(text, [1, text.Length])).narrow(1, text.Length - 1, 1).data<float>().ToArray();

    // float32 sums of a different order.
    private static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
    }

    /// <summary>Feeds a cache and keeps the logits of each position.</summary>
    private sealed class Reader(CachedGpt cached, long[][] tokens)
    {
        public long[][] Tokens => tokens;

        public float[][] Logits { get; } = [.. tokens.Select(row => new float[row.Length * cached.Model.Vocabulary])];

        public void Read(int[] starts, int count) => Read(starts, count, (b, t) => t < T ? tokens[b][t] : 0);

        /// <summary>Tokens that do not belong to the text.</summary>
        public void ReadOther(int[] starts, int count) => Read(starts, count, (b, t) => (tokens[b][t] + 1) % cached.Model.Vocabulary);

        private void Read(int[] starts, int count, Func<int, int, long> token)
        {
            using var at = cached.Chain(starts, count);
            var all = Enumerable.Range(0, B).SelectMany(b => Enumerable.Range(starts[b], count).Select(t => token(b, t))).ToArray();
            var h = cached.Heads(cached.Trunk(cached.Embed(all, at), at), 1, at)[0]!;
            var (logits, V) = (cached.Logits(h, [.. Enumerable.Range(0, B * count)]), cached.Model.Vocabulary);
            for (var b = 0; b < B; b++) logits.AsSpan(b * count * V, Math.Min(count, T - starts[b]) * V).CopyTo(Logits[b].AsSpan(starts[b] * V));
        }
    }
}
