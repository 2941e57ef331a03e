namespace Sweeps.Training.Decoding;

/// <summary>
/// Speculative decoding (Leviathan et al. 2023; Chen et al. 2023): another model of the same vocabulary drafts up to gamma tokens, one
/// forward each. Where its context is the shorter one, it drafts up to its end.
/// </summary>
internal sealed class DraftModel : Drafter
{
    private readonly CachedGpt draft;
    private readonly int[] known;                  // tokens of each row that the draft has read and that stayed

    internal DraftModel(Gpt model, int rows, DecodingOptions options) : base(model, rows, options.Gamma, options)
    {
        var other = options.Draft ?? throw new TrainingException("Method draft needs a second model that drafts; give its checkpoint (--draft).");
        if (other.Vocabulary != model.Vocabulary)
            throw new TrainingException($"The draft knows {other.Vocabulary} symbols and the model {model.Vocabulary}; a draft must be trained on the same data.");
        draft = new CachedGpt(other, rows, spare: options.Gamma + 1);
        known = new int[rows];
    }

    internal override void Propose(IReadOnlyList<Row> rows)
    {
        var limits = rows.Select(row => Math.Min(row.Limit(Most), Math.Max(0, draft.Context - row.Tokens.Count))).ToArray();
        if (limits.Max() == 0) return;
        // The draft has not read the last token, nor after a round in which all drafted ones stayed the one before.
        var unread = rows.Select((row, b) => limits[b] > 0 ? row.Tokens.Count - known[b] : 0).ToArray();
        Step([.. known], unread.Max(), 0, (b, s) => s < unread[b] ? rows[b].Tokens[known[b] + s] : 0, b => unread[b] - 1);
        for (var j = 1; j < limits.Max(); j++)
            Step([.. rows.Select((row, b) => limits[b] > 0 ? row.Known + j : known[b])], 1, j, (b, _) => limits[b] > j ? rows[b].Drafted[^1] : 0, _ => 0);

        // Reads S tokens of each row and drafts token j of those that may have so many.
        void Step(int[] starts, int count, int j, Func<int, int, int> token, Func<int, int> last)
        {
            using var at = draft.Chain(starts, count);
            var h = draft.Heads(draft.Trunk(draft.Embed(Padded(rows, count, token), at), at), 1, at)[0]!;
            var drafting = Enumerable.Range(0, rows.Count).Where(b => limits[b] > j).ToArray();
            Draw([.. drafting.Select(b => rows[b])], draft.Logits(h, [.. drafting.Select(b => b * count + last(b))]));
        }
    }

    internal override void Settle(IReadOnlyList<Row> rows)
    {
        for (var b = 0; b < rows.Count; b++)
        {
            // It has read all drafted tokens but the last one.
            if (rows[b].Drafted.Count is > 0 and var drafted)
                known[b] = rows[b].Known - rows[b].Kept.Length + Math.Min(rows[b].Kept.Length, drafted - 1);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) draft.Dispose();
        base.Dispose(disposing);
    }
}
