using System.Diagnostics;
using Sweeps.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>Decodes a batch of texts by any method. A row's tokens depend on its prompt and its random stream alone, not on the other rows.</summary>
public static class Decoder
{
    /// <summary>
    /// Continues each prompt by <paramref name="tokens"/> tokens. A text that outgrows the context T is continued as in nanoGPT, from its last
    /// T tokens at the positions 0 to T-1: the window slides by one with each token, so that nothing of the one before can be kept, and
    /// nothing is drafted.
    /// </summary>
    /// <param name="model">The model; it is set to evaluation (<c>eval</c>).</param>
    /// <param name="prompts">Tokens of each row, at least one.</param>
    /// <param name="tokens">Tokens to add.</param>
    /// <param name="options">The method and its options.</param>
    /// <exception cref="TrainingException">The model has not what the method needs, or a prompt is empty; the message is one sentence.</exception>
    public static Decoded Decode(Gpt model, IReadOnlyList<IReadOnlyList<long>> prompts, int tokens, DecodingOptions options)
    {
        if (prompts.Count == 0 || prompts.Any(prompt => prompt.Count == 0)) throw new TrainingException("A prompt has at least one token.");
        using var off = no_grad();
        using var casts = WeightCasts.Once();
        model.eval();
        options.Draft?.eval();
        var rows = prompts.Select((prompt, b) => new Row(prompt, tokens, RowRandom.OfDecoding(options.Seed, options.FirstStream + b), model.Vocabulary, model.Options.Context)).ToArray();
        using var drafter = Drafter.Create(model, rows.Length, options);

        var started = Stopwatch.GetTimestamp();
        using (NewDisposeScope()) drafter.Begin(rows);
        while (rows.Any(row => !row.IsDone))
        {
            using var scope = NewDisposeScope();
            var sliding = rows.Where(row => !row.IsDone && row.IsSliding).ToArray();
            if (rows.Any(row => row.IsLive)) Round(drafter, rows, options);
            if (sliding.Length > 0) Slide(model, sliding, options);
        }
        return new Decoded
        {
            Tokens = [.. rows.Select(row => (IReadOnlyList<long>)[.. row.Tokens.Select(token => (long)token)])],
            Drafted = rows.Sum(row => row.Count.Drafted),
            Accepted = rows.Sum(row => row.Count.Accepted),
            Rounds = rows.Sum(row => row.Count.Rounds),
            NewTokens = rows.Length * tokens,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
    }

    // Draft, verify, accept.
    private static void Round(Drafter drafter, Row[] rows, DecodingOptions options)
    {
        foreach (var row in rows)
        {
            row.Drafted.Clear();
            row.Kept = [];
        }
        var live = Enumerable.Range(0, rows.Length).Where(b => rows[b].IsLive).ToArray();
        drafter.Propose(rows);
        var h = drafter.Verify(rows);                                      // (B, S, C)
        var S = (int)h.size(1);
        var logits = drafter.Logits(h, [.. live.SelectMany(b => Enumerable.Range(b * S, rows[b].Drafted.Count + 1))]);
        var offset = 0;
        foreach (var b in live)
        {
            var row = rows[b];
            var p = Distributions(logits, ref offset, row.Drafted.Count + 1, drafter.Vocabulary, options.Sampling);
            (row.Kept, var next) = drafter.Accept(rows, b, p);
            row.Count = (row.Count.Drafted + row.Drafted.Count, row.Count.Accepted + row.Kept.Length, row.Count.Rounds + 1);
            foreach (var place in row.Kept) row.Tokens.Add(row.Drafted[place]);
            row.Tokens.Add(next);
        }
        drafter.Settle(rows);
    }

    // One token of each row from the last T ones.
    private static void Slide(Gpt model, Row[] rows, DecodingOptions options)
    {
        var T = model.Options.Context;
        using var windows = tensor([.. rows.SelectMany(row => row.Tokens.TakeLast(T).Select(token => (long)token))], [rows.Length, T], device: model.Output.device);
        var logits = model.Logits(model.NextTokenOutput(windows).narrow(1, T - 1, 1)).to(float32).cpu().data<float>().ToArray();
        var offset = 0;
        foreach (var row in rows)
        {
            var p = Distributions(logits, ref offset, 1, model.Vocabulary, options.Sampling);
            row.Tokens.Add(Sampling.Draw(p, row.Random.NextUniform()));
            row.Count = row.Count with { Rounds = row.Count.Rounds + 1 };
        }
    }

    private static double[] Distributions(float[] logits, ref int offset, int count, int V, SamplingOptions sampling)
    {
        var p = new double[count * V];
        for (var j = 0; j < count; j++, offset += V) Sampling.Distribution(logits.AsSpan(offset, V), sampling, p.AsSpan(j * V, V));
        return p;
    }
}
