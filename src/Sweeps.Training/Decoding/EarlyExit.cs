using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// The model's first layers, with its norm and output head, draft up to gamma tokens; the verification goes on from their outputs through
/// the other layers and computes nothing twice (LayerSkip: Elhoushi et al. 2024, section 4.3).
/// </summary>
internal sealed class EarlyExit : Drafter
{
    private readonly int exit;
    private readonly List<Tensor> outputs = [];    // (B, 1, C) of the exit layer: after the last token, and after each drafted one but the last

    internal EarlyExit(Gpt model, int rows, DecodingOptions options) : base(model, rows, options.Gamma, options)
    {
        if (model.TrunkLayers == 0) throw new TrainingException("Method early_exit needs a layer before those of the heads, and this model has none.");
        exit = options.ExitLayer ?? Math.Max(1, model.TrunkLayers / 2);
        if (exit < 1 || exit > model.TrunkLayers)
            throw new TrainingException($"The exit layer is from 1 to {model.TrunkLayers}, the layers of the trunk, not {exit}.");
    }

    internal override void Propose(IReadOnlyList<Row> rows)
    {
        outputs.Clear();
        for (var j = 0; j < rows.Max(row => row.Limit(Most)); j++)
        {
            outputs.Add(FirstLayers(rows, j));
            var drafting = Enumerable.Range(0, rows.Count).Where(b => rows[b].Limit(Most) > j).ToArray();
            Draw([.. drafting.Select(b => rows[b])], Target.Logits(outputs[^1], drafting));
        }
    }

    internal override Tensor Verify(IReadOnlyList<Row> rows)
    {
        outputs.Add(FirstLayers(rows, outputs.Count));
        using var at = Target.Chain(Starts(rows), outputs.Count);
        return Read(Target.Trunk(cat(outputs, 1), at, from: exit), at);
    }

    private Tensor FirstLayers(IReadOnlyList<Row> rows, int place)
    {
        using var at = Target.Chain([.. Starts(rows).Select(start => start + place)], 1);
        return Target.Trunk(Target.Embed(Padded(rows, 1, (b, _) => TokenOrDraft(rows[b], place)), at), at, to: exit);
    }
}
