using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// Blockwise parallel decoding (Stern et al. 2018, section 3; Gloeckle et al. 2024): the heads of the further tokens propose what follows
/// the next token. The forward that verifies it computes all heads too, so that a round is one forward.
/// </summary>
internal class SelfSpeculative : Drafter
{
    private readonly float[]?[] proposals;         // logits (n - 1, V) of each row's further tokens; null before its first forward
    private Tensor?[] outputs = [];                // of all heads, (B, S, C)

    internal SelfSpeculative(Gpt model, int rows, DecodingOptions options, int? most = null) : base(model, rows, most ?? model.Options.Heads - 1, options)
    {
        if (model.Options.Heads == 1 || model.Options.HeadKind is HeadKind.Shared or HeadKind.Deepseek)
            throw new TrainingException(
                $"Methods self_speculative and tree need heads that predict further tokens on their own (head_kind parallel, causal, anticausal, linear or replicated with heads 2 or more), and the model has {model.Options.Heads} of kind {Name(model)}.");
        proposals = new float[]?[rows];
    }

    internal override void Begin(IReadOnlyList<Row> rows)
    {
        base.Begin(rows);
        if (outputs.Length > 0) Remember(rows, [.. rows.Select(row => row.Known - 1)]);
    }

    internal override void Propose(IReadOnlyList<Row> rows)
    {
        for (var b = 0; b < rows.Count; b++)
        {
            if (proposals[b] is not { } logits) continue;
            for (var j = 0; j < rows[b].Limit(Most); j++) rows[b].Draft(LogitsOf(logits, j), Options.Sampling);
        }
    }

    internal override void Settle(IReadOnlyList<Row> rows) => Remember(rows, [.. rows.Select(row => row.LastPlace)]);

    protected override Tensor Read(Tensor z, Placement at)
    {
        outputs = Target.Heads(z, Target.Model.Options.Heads, at);
        return outputs[0]!;
    }

    /// <summary>What the heads propose for a row, logits (n - 1, V), or null.</summary>
    protected float[]? Proposals(int row) => proposals[row];

    /// <summary>The logits of one of the further tokens.</summary>
    protected ReadOnlySpan<float> LogitsOf(float[] all, int token) => all.AsSpan(token * Target.Model.Vocabulary, Target.Model.Vocabulary);

    // Keeps the proposals of the heads at one place of each row.
    private void Remember(IReadOnlyList<Row> rows, int[] places)
    {
        var live = Enumerable.Range(0, rows.Count).Where(b => rows[b].IsLive && places[b] >= 0).ToArray();
        if (live.Length == 0) return;
        var (n, S, V) = (outputs.Length - 1, (int)outputs[0]!.size(1), Target.Model.Vocabulary);
        foreach (var b in live) proposals[b] ??= new float[n * V];
        // (n - 1, rows, V)
        var logits = Target.Logits([.. outputs.Skip(1).Select(output => output!)], [.. live.Select(b => b * S + places[b])]);
        for (var k = 0; k < n; k++)
        {
            for (var i = 0; i < live.Length; i++) logits.AsSpan((k * live.Length + i) * V, V).CopyTo(proposals[live[i]].AsSpan(k * V));
        }
    }

    private static string Name(Gpt model) => model.Options.HeadKind.ToString().ToLowerInvariant();
}
