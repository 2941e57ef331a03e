using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// A model with the keys and values of the tokens it has seen, so that a forward computes only the new ones. It knows no lengths: whoever
/// calls says where new tokens stand, and rolling back is to go on from an earlier place.
/// </summary>
internal sealed class CachedGpt : IDisposable
{
    private readonly Gpt model;
    private readonly int rows, capacity;
    private readonly Tensor causal;
    private readonly LayerCache?[] trunk, heads;

    /// <summary>Room for the context of each of B rows and <paramref name="spare"/> slots behind it.</summary>
    internal CachedGpt(Gpt model, int rows, int spare)
    {
        (this.model, this.rows, capacity) = (model, rows, model.Options.Context + spare);
        (trunk, heads) = (new LayerCache?[model.TrunkLayers], new LayerCache?[model.Options.Heads]);
        using var scope = NewDisposeScope();
        causal = triu(full([1, capacity, capacity], float.NegativeInfinity, model.Output.dtype, Device), 1).DetachFromDisposeScope();
    }

    internal Gpt Model => model;

    internal int Context => model.Options.Context;

    private Device Device => model.Output.device;

    /// <summary>S new tokens of each row from its start on.</summary>
    internal Placement Chain(int[] starts, int count) => Placement.Chain(starts, count, causal, model.Options.AttentionHeads, Context);

    /// <summary>Room for a vector like these, (B, any, C), at each position.</summary>
    internal PositionBuffer Buffer(Tensor like) => new(rows, capacity, like);

    /// <summary>A tree of new tokens for each row.</summary>
    internal Placement Tree(int[] starts, int[][] parents) => Placement.Tree(starts, parents, causal, model.Options.AttentionHeads, Context);

    /// <summary>Embeds new tokens (B*S), to (B, S, C).</summary>
    internal Tensor Embed(long[] tokens, Placement at)
    {
        using var all = tensor(tokens, [rows, at.Count], device: Device);
        return model.Embed(all, at);
    }

    /// <summary>Layers <paramref name="from"/> up to <paramref name="to"/> (exclusive; null for the last) of the trunk, (B, S, C) to (B, S, C).</summary>
    internal Tensor Trunk(Tensor x, Placement at, int from = 0, int? to = null)
    {
        using var scope = NewDisposeScope();
        for (var layer = from; layer < (to ?? trunk.Length); layer++) x = model.TrunkLayer(layer, x, Cache(trunk, layer, at));
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Outputs of the heads, each (B, S, C), from the trunk's; those that the first <paramref name="count"/> need, others stay null. Modules of
    /// deepseek are <see cref="Module"/>.
    /// </summary>
    internal Tensor?[] Heads(Tensor z, int count, Placement at)
    {
        var outputs = new Tensor?[heads.Length];
        var input = z;
        foreach (var k in model.Order(count)) outputs[k] = input = model.Head(k, model.IsChain ? input : z, () => Cache(heads, k, at));
        return outputs;
    }

    /// <summary>Output (B, S, C) of deepseek's module <paramref name="index"/> (from 1 on) on the output before it and the tokens as far ahead, (B*S).</summary>
    internal Tensor Module(int index, Tensor h, long[] ahead, Placement at)
    {
        using var all = tensor(ahead, [rows, at.Count], device: Device);
        return model.FutureModule(index, h, all, Cache(heads, index, at));
    }

    /// <summary>Logits of the next token, (N, V) row after row, of some of the B*S places, in their order, of its head's output (B, S, C).</summary>
    internal float[] Logits(Tensor h, int[] places)
    {
        using var scope = NewDisposeScope();
        var all = h.size(0) * h.size(1) == places.Length;
        return Values(model.Logits(all ? h : At(h, Index(places))));
    }

    /// <summary>Logits of the heads from the second on, (n - 1, N, V), of some of the B*S places of their outputs (B, S, C).</summary>
    internal float[] Logits(Tensor[] further, int[] places)
    {
        using var scope = NewDisposeScope();
        var index = Index(places);
        var h = further.Select(output => At(output, index)).ToArray();
        // With one unembedding for all heads it is one product.
        return model.Options.HeadKind == HeadKind.Replicated ? [.. h.SelectMany((one, k) => Values(model.Logits(one, k + 1)))] : Values(model.Logits(cat(h, 0)));
    }

    private static Tensor At(Tensor h, Tensor index) => h.view(-1, h.size(2)).index_select(0, index);

    private static float[] Values(Tensor logits) => logits.to(float32).cpu().data<float>().ToArray();

    private Tensor Index(int[] places) => tensor(Array.ConvertAll(places, place => (long)place), [places.Length], device: Device);

    /// <summary>Moves tokens' keys and values to other slots.</summary>
    internal void Move(int[][] from, int[][] to)
    {
        using Slots source = new(from), target = new(to), sourceShifted = new(PlusOne(from)), targetShifted = new(PlusOne(to));
        foreach (var cache in trunk.Concat(heads)) cache?.Move(source, target, sourceShifted, targetShifted);

        static int[][] PlusOne(int[][] slots) => Array.ConvertAll(slots, row => Array.ConvertAll(row, slot => slot + 1));
    }

    public void Dispose()
    {
        causal.Dispose();
        foreach (var cache in trunk.Concat(heads)) cache?.Dispose();
    }

    private Cached Cache(LayerCache?[] of, int layer, Placement at) => new(of[layer] ??= new LayerCache(rows, capacity), at);
}
