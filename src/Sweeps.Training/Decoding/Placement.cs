using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// Where the S new tokens of each of B rows stand, and what each of them may look at: all tokens before it in its row, or in a tree those
/// before the tree and its ancestors. Rows may begin at different places; what stands behind a row's own tokens is never looked at.
/// </summary>
internal sealed class Placement : IDisposable
{
    private readonly int[][] positions;            // (B, S)
    private readonly int[] starts;
    private readonly int context, keys;
    private readonly bool isChain;
    private readonly Tensor mask;
    private readonly Tensor? positionIndex;        // (B*S), null where a view does

    private Placement(int[] starts, int[][] positions, int[][] before, bool isChain, Tensor mask, int context)
    {
        (this.starts, this.positions, this.isChain, this.mask, this.context) = (starts, positions, isChain, mask, context);
        Slots = Slots.From(starts, positions[0].Length);
        // Slot 0 of what is kept for the next position is that of the position before the first: zeros.
        (Shifted, Previous) = (Slots.From([.. starts.Select(start => start + 1)], Count), new Slots(before));
        keys = starts.Max() + Count;
        if (IsUniform) return;
        positionIndex = tensor([.. positions.SelectMany(row => row.Select(p => (long)Math.Min(p, context - 1)))], [Rows * Count], device: mask.device).DetachFromDisposeScope();
    }

    /// <summary>B.</summary>
    internal int Rows => starts.Length;

    /// <summary>S.</summary>
    internal int Count => positions[0].Length;

    /// <summary>K: slots that attention reads, up to the last one that any row needs.</summary>
    internal int Keys => keys;

    /// <summary>The tokens' own slots.</summary>
    internal Slots Slots { get; }

    /// <summary>The slots after the tokens' own.</summary>
    internal Slots Shifted { get; }

    /// <summary>The slots after those of the tokens before them, 0 for none.</summary>
    internal Slots Previous { get; }

    /// <summary>0 where a token may look and minus infinity elsewhere, (1, S, K) or (B*H, S, K).</summary>
    internal Tensor Mask => mask;

    // Every row begins at the same place and goes on token by token.
    private bool IsUniform => isChain && Slots.Start is not null;

    /// <summary>Each row goes on from its start.</summary>
    /// <param name="starts">Tokens that each row has before.</param>
    /// <param name="count">S.</param>
    /// <param name="causal">0 on and below the diagonal, else minus infinity, (1, capacity, capacity).</param>
    /// <param name="heads">Attention heads H.</param>
    /// <param name="context">T: positions end there; tokens beyond it fill a row up and are not looked at.</param>
    internal static Placement Chain(int[] starts, int count, Tensor causal, int heads, int context)
    {
        var positions = Array.ConvertAll(starts, start => Enumerable.Range(start, count).ToArray());
        if (Array.TrueForAll(starts, start => start == starts[0]))
            return new Placement(starts, positions, positions, isChain: true, causal.narrow(1, starts[0], count).narrow(2, 0, starts[0] + count).DetachFromDisposeScope(), context);
        var keys = starts.Max() + count;
        return new Placement(starts, positions, positions, isChain: true, MaskOf(starts, count, keys, heads, causal, (_, s, other) => other <= s), context);
    }

    /// <summary>The first token of each row goes on from its start; the others form a tree under it.</summary>
    /// <param name="starts">Tokens that each row has before.</param>
    /// <param name="parents">(B, S): the place of each one's parent among the new tokens, before it; the first has none.</param>
    /// <param name="like">Type and device of the mask.</param>
    /// <param name="heads">Attention heads H.</param>
    /// <param name="context">T.</param>
    internal static Placement Tree(int[] starts, int[][] parents, Tensor like, int heads, int context)
    {
        var count = parents[0].Length;
        var isAncestor = new bool[starts.Length, count, count];            // or the token itself
        var (positions, before) = (new int[starts.Length][], new int[starts.Length][]);
        for (var b = 0; b < starts.Length; b++)
        {
            (positions[b], before[b]) = (new int[count], new int[count]);
            for (var s = 0; s < count; s++)
            {
                isAncestor[b, s, s] = true;
                var parent = parents[b][s];
                for (var other = 0; s > 0 && other < s; other++) isAncestor[b, s, other] = isAncestor[b, parent, other];
                positions[b][s] = s == 0 ? starts[b] : positions[b][parent] + 1;
                before[b][s] = s == 0 ? starts[b] : starts[b] + parent + 1;
            }
        }
        var mask = MaskOf(starts, count, starts.Max() + count, heads, like, (b, s, other) => isAncestor[b, s, other]);
        return new Placement(starts, positions, before, isChain: false, mask, context);
    }

    /// <summary>The rows of a table by position, (T, W), for the new tokens: (S, W) when all rows have the same, else (B, S, W).</summary>
    internal Tensor ByPosition(Tensor table) =>
        IsUniform ? table.narrow(0, starts[0], Count) : table.index_select(0, positionIndex!).view(Rows, Count, table.size(1));

    /// <summary>The factors of a table by attention head and both positions, (H, T, T), for the new tokens: (H, S, K), or (B*H, S, K).</summary>
    internal Tensor ByBothPositions(Tensor table)
    {
        if (IsUniform) return table.narrow(1, starts[0], Count).narrow(2, 0, keys);
        var rows = new Tensor[Rows];
        for (var b = 0; b < Rows; b++)
        {
            var looked = new long[keys];           // the positions of the slots
            for (var k = 0; k < keys; k++) looked[k] = Math.Min(k < starts[b] ? k : k < starts[b] + Count ? positions[b][k - starts[b]] : k, context - 1);
            rows[b] = table.index_select(1, positionIndex!.narrow(0, b * Count, Count)).index_select(2, tensor(looked, [keys], device: table.device));
        }
        return cat(rows, 0);
    }

    public void Dispose()
    {
        mask.Dispose();
        positionIndex?.Dispose();
        Slots.Dispose();
        Shifted.Dispose();
        Previous.Dispose();
    }

    private static Tensor MaskOf(int[] starts, int count, int keys, int heads, Tensor like, Func<int, int, int, bool> sees)
    {
        var visible = new float[starts.Length * count * keys];
        Array.Fill(visible, float.NegativeInfinity);
        for (var b = 0; b < starts.Length; b++)
        {
            for (var s = 0; s < count; s++)
            {
                var row = visible.AsSpan((b * count + s) * keys, keys);
                row[..starts[b]].Clear();
                for (var other = 0; other < count; other++)
                {
                    if (sees(b, s, other)) row[starts[b] + other] = 0;
                }
            }
        }
        using var rows = tensor(visible, [starts.Length, 1, count, keys], dtype: like.dtype, device: like.device);
        using var each = rows.expand(starts.Length, heads, count, keys);
        return each.reshape(starts.Length * heads, count, keys).DetachFromDisposeScope();
    }
}
