using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// A small decoder that starts from the model's hidden states drafts: the modules of head kind deepseek, which training leaves behind
/// (DeepSeek-V3 2024, section 2.2: they "can be repurposed for speculative decoding"). Module k makes of the output of module k-1 at
/// position i and the token at i+k a draft of the token at i+k+1. It attends to its own outputs at earlier positions, which are computed
/// again where a token that they were computed with did not stay.
/// </summary>
internal sealed class Prophet : Drafter
{
    private readonly PositionBuffer?[] outputs;    // of the trunk, then of each module but the last: (B, capacity, C)
    private readonly int[,] known;                 // (B, modules): positions of each module whose tokens are final

    internal Prophet(Gpt model, int rows, DecodingOptions options) : base(model, rows, model.Options.Heads - 1, options)
    {
        if (model.Options.HeadKind != HeadKind.Deepseek || model.Options.Heads == 1)
            throw new TrainingException(
                $"Method prophet needs a model with head_kind deepseek and heads 2 or more, and this one has heads {model.Options.Heads} of kind {model.Options.HeadKind.ToString().ToLowerInvariant()}.");
        known = new int[rows, Most];
        outputs = new PositionBuffer?[Most];
    }

    internal override void Propose(IReadOnlyList<Row> rows)
    {
        for (var k = 1; k <= Most; k++)
        {
            // Positions of the trunk's outputs: all tokens but the last one.
            var drafting = Enumerable.Range(0, rows.Count).Where(b => rows[b].Known > 0 && rows[b].Limit(Most) >= k).ToArray();
            if (drafting.Length == 0) return;
            var starts = Enumerable.Range(0, rows.Count).Select(b => known[b, k - 1]).ToArray();
            var count = drafting.Max(b => rows[b].Known - starts[b]);
            using var at = Target.Chain(starts, count);
            var ahead = Padded(rows, count, (b, s) => TokenAt(rows[b], starts[b] + s + k));
            var h = Target.Module(k, outputs[k - 1]!.Read(at.Slots), ahead, at);
            if (k < Most) Keep(k, h, at);
            foreach (var b in drafting) known[b, k - 1] = Math.Max(0, rows[b].Tokens.Count - k);
            Draw([.. drafting.Select(b => rows[b])], Target.Logits(h, [.. drafting.Select(b => b * count + rows[b].Known - starts[b] - 1)]));
        }
    }

    protected override Tensor Read(Tensor z, Placement at)
    {
        Keep(0, z, at);
        return base.Read(z, at);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var buffer in outputs) buffer?.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Keep(int module, Tensor h, Placement at) => (outputs[module] ??= Target.Buffer(h)).Write(h, at.Slots);

    private static int TokenAt(Row row, int position)
    {
        if (position < row.Tokens.Count) return row.Tokens[position];
        return position - row.Tokens.Count < row.Drafted.Count ? row.Drafted[position - row.Tokens.Count] : 0;
    }
}
