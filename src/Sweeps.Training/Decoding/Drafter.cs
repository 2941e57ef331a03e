using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// What a method does in a round of <see cref="Decoder"/>: draft, verify, accept, settle. This one drafts nothing, which is ordinary
/// decoding; the others override what they do differently.
/// </summary>
internal class Drafter : IDisposable
{
    /// <summary>Prepares for <paramref name="rows"/> rows.</summary>
    /// <param name="model">The model whose tokens are decoded.</param>
    /// <param name="rows">B.</param>
    /// <param name="most">Most tokens drafted in a round.</param>
    /// <param name="options">The options.</param>
    internal Drafter(Gpt model, int rows, int most, DecodingOptions options)
    {
        (Most, Options) = (most, options);
        Target = new CachedGpt(model, rows, spare: most + 1);
    }

    /// <summary>Most tokens drafted in a round.</summary>
    internal int Most { get; }

    /// <summary>Symbols V.</summary>
    internal int Vocabulary => Target.Model.Vocabulary;

    protected DecodingOptions Options { get; }

    protected CachedGpt Target { get; }

    /// <summary>The drafter of a method.</summary>
    /// <exception cref="TrainingException">The model has not what the method needs.</exception>
    internal static Drafter Create(Gpt model, int rows, DecodingOptions options) => options.Method switch
    {
        DecodingMethod.Base => new Drafter(model, rows, 0, options),
        DecodingMethod.Draft => new DraftModel(model, rows, options),
        DecodingMethod.EarlyExit => new EarlyExit(model, rows, options),
        DecodingMethod.Prophet => new Prophet(model, rows, options),
        DecodingMethod.SelfSpeculative => new SelfSpeculative(model, rows, options),
        DecodingMethod.Tree => new TreeAttention(model, rows, options),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    /// <summary>Reads the prompts but for their last tokens.</summary>
    internal virtual void Begin(IReadOnlyList<Row> rows)
    {
        var count = rows.Max(row => row.IsLive ? row.Known : 0);
        if (count == 0) return;
        var starts = new int[rows.Count];
        using var at = Target.Chain(starts, count);
        Read(Target.Trunk(Target.Embed(Padded(rows, count, (b, s) => s < rows[b].Known ? rows[b].Tokens[s] : 0), at), at), at);
    }

    /// <summary>Drafts tokens for each row, at most <see cref="Row.Limit"/>.</summary>
    internal virtual void Propose(IReadOnlyList<Row> rows)
    {
    }

    /// <summary>
    /// Runs the model on the last token of each row and what was drafted after it: S tokens a row.
    /// </summary>
    /// <returns>The outputs of the next token's head, (B, S, C).</returns>
    internal virtual Tensor Verify(IReadOnlyList<Row> rows)
    {
        var count = 1 + rows.Max(row => row.Drafted.Count);
        using var at = Target.Chain(Starts(rows), count);
        return Read(Target.Trunk(Target.Embed(Padded(rows, count, (b, s) => TokenOrDraft(rows[b], s)), at), at), at);
    }

    /// <summary>Chooses which drafted tokens stay, and draws the token after them.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="b">Which of them.</param>
    /// <param name="p">The model's distributions after its last token and after each drafted one, (drafted + 1, V).</param>
    /// <returns>The places of those that stay among the drafted ones, in their order in the text, and the next token.</returns>
    internal virtual (int[] Kept, int Next) Accept(IReadOnlyList<Row> rows, int b, ReadOnlySpan<double> p)
    {
        var row = rows[b];
        Span<int> drafted = [.. row.Drafted];
        var (count, next) = Acceptance.Verify(drafted, p, row.DraftDistributions, Options.Lenience, row.Random.NextUniform);
        return ([.. Enumerable.Range(0, count)], next);
    }

    /// <summary>Logits, (N, V), of some of the B*S places of what <see cref="Verify"/> gave.</summary>
    internal float[] Logits(Tensor h, int[] places) => Target.Logits(h, places);

    /// <summary>Makes ready for the next round; rows have their new tokens, and still those drafted.</summary>
    internal virtual void Settle(IReadOnlyList<Row> rows)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what it keeps.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Target.Dispose();
    }

    /// <summary>From the trunk's output to that of the next token's head; a method that needs more of it keeps it here.</summary>
    protected virtual Tensor Read(Tensor z, Placement at) => Target.Heads(z, 1, at)[0]!;

    /// <summary>Where the next forward of each row begins. A row that takes no part goes along with the first that does, and is not looked at.</summary>
    protected static int[] Starts(IReadOnlyList<Row> rows)
    {
        var first = rows.First(row => row.IsLive).Known;
        return [.. rows.Select(row => row.IsLive ? row.Known : first)];
    }

    /// <summary>Tokens (B*S) by row and place, 0 for a row that takes no part.</summary>
    protected static long[] Padded(IReadOnlyList<Row> rows, int count, Func<int, int, int> token)
    {
        var tokens = new long[rows.Count * count];
        for (var b = 0; b < rows.Count; b++)
        {
            for (var s = 0; s < count && rows[b].IsLive; s++) tokens[b * count + s] = token(b, s);
        }
        return tokens;
    }

    /// <summary>The row's last token, then those drafted, then 0.</summary>
    protected static int TokenOrDraft(Row row, int place) => place == 0 ? row.Tokens[^1] : place <= row.Drafted.Count ? row.Drafted[place - 1] : 0;

    /// <summary>Lets each of some rows draw a drafted token from its row of logits.</summary>
    protected void Draw(IReadOnlyList<Row> rows, float[] logits)
    {
        for (var i = 0; i < rows.Count; i++) rows[i].Draft(logits.AsSpan(i * Vocabulary, Vocabulary), Options.Sampling);
    }
}
