using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// Tree attention (Medusa: Cai et al. 2024, section 2.1.2): the heads' likeliest tokens form a tree whose branches are verified by one
/// forward, each node looking at its ancestors only. The nodes are those whose paths are the likeliest, the heads taken as independent.
/// Acceptance is exact, not Medusa's typical one: at each node the next token is drawn from the model, and as long as it is one of the
/// node's children the text goes on there. So the tokens are those of ordinary decoding with the same random numbers.
/// </summary>
internal sealed class TreeAttention(Gpt model, int rows, DecodingOptions options) : SelfSpeculative(model, rows, options, most: options.TreeNodes)
{
    private readonly List<int>[] parents = new List<int>[rows];            // each place's parent, the row's last token being place 0

    internal override void Propose(IReadOnlyList<Row> rows)
    {
        for (var b = 0; b < rows.Count; b++)
        {
            parents[b] = [0];
            if (Proposals(b) is { } logits) Grow(rows[b], parents[b], logits);
        }
    }

    internal override Tensor Verify(IReadOnlyList<Row> rows)
    {
        // All rows of a forward have as many tokens: those that a row lacks hang at its last token.
        var count = parents.Max(row => row.Count);
        using var at = Target.Tree(Starts(rows), [.. parents.Select(row => row.Concat(Enumerable.Repeat(0, count - row.Count)).ToArray())]);
        return Read(Target.Trunk(Target.Embed(Padded(rows, count, (b, s) => TokenOrDraft(rows[b], s)), at), at), at);
    }

    internal override (int[] Kept, int Next) Accept(IReadOnlyList<Row> rows, int b, ReadOnlySpan<double> p)
    {
        var (row, V) = (rows[b], Target.Model.Vocabulary);
        var kept = new List<int>();
        var place = 0;
        while (true)
        {
            var next = Sampling.Draw(p.Slice(place * V, V), row.Random.NextUniform());
            var child = Enumerable.Range(1, row.Drafted.Count).FirstOrDefault(s => parents[b][s] == place && row.Drafted[s - 1] == next);
            if (child == 0) return ([.. kept], next);
            kept.Add(child - 1);
            place = child;
        }
    }

    internal override void Settle(IReadOnlyList<Row> rows)
    {
        // What stayed moves to where a text without branches would have it.
        var longest = rows.Max(row => row.Kept.Length);
        if (rows.Any(row => row.LastPlace != row.Kept.Length))
        {
            var starts = rows.Select(row => row.Kept.Length == 0 ? 0 : row.Tokens.Count - row.Kept.Length - 1).ToArray();
            var from = rows.Select((row, b) => Enumerable.Range(0, longest).Select(j => starts[b] + (j < row.Kept.Length ? row.Kept[j] : j)).ToArray());
            Target.Move([.. from], [.. starts.Select(start => Enumerable.Range(start, longest).ToArray())]);
        }
        base.Settle(rows);
    }

    // Best first: a node's next sibling and its first child are not likelier than the node itself.
    private void Grow(Row row, List<int> parents, float[] logits)
    {
        var depth = row.Limit(Target.Model.Options.Heads - 1);
        var candidates = Enumerable.Range(0, depth).Select(k => Likeliest(LogitsOf(logits, k))).ToArray();
        var open = new PriorityQueue<(int Parent, int Depth, int Rank, double Before), double>();
        Offer(parent: 0, level: 0, rank: 0, before: 1);
        while (row.Drafted.Count < Most && open.TryDequeue(out var node, out var negative))
        {
            row.Drafted.Add(candidates[node.Depth][node.Rank].Token);
            parents.Add(node.Parent);
            Offer(node.Parent, node.Depth, node.Rank + 1, node.Before);
            Offer(row.Drafted.Count, node.Depth + 1, 0, -negative);
        }

        void Offer(int parent, int level, int rank, double before)
        {
            if (level < depth && rank < candidates[level].Count) open.Enqueue((parent, level, rank, before), -before * candidates[level][rank].Probability);
        }
    }

    // The likeliest tokens, as many as the tree has nodes, the first of equals first.
    private List<(int Token, double Probability)> Likeliest(ReadOnlySpan<float> logits)
    {
        var p = new double[logits.Length];
        Sampling.Distribution(logits, new SamplingOptions(), p);
        var best = new List<(int Token, double Probability)>();
        for (var x = 0; x < p.Length; x++)
        {
            if (best.Count == Most && p[x] <= best[^1].Probability) continue;
            if (best.Count == Most) best.RemoveAt(Most - 1);
            var place = best.FindIndex(other => other.Probability < p[x]);
            best.Insert(place < 0 ? best.Count : place, (x, p[x]));
        }
        return best;
    }
}
