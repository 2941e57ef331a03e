using Sweeps.Core.Search;

namespace Sweeps.Training.Decoding;

/// <summary>One sequence that is being decoded. What it becomes depends on its own tokens and random numbers only.</summary>
internal sealed class Row
{
    private readonly int vocabulary, context;
    private double[] distributions = [];

    /// <summary>Starts with a prompt of at least one token.</summary>
    internal Row(IEnumerable<long> prompt, int tokens, SplitMix64 random, int vocabulary, int context)
    {
        (Random, this.vocabulary, this.context) = (random, vocabulary, context);
        Tokens = [.. prompt.Select(token => (int)token)];
        End = Tokens.Count + tokens;
    }

    /// <summary>The prompt and what was decoded.</summary>
    internal List<int> Tokens { get; }

    /// <summary>How many tokens it is to have.</summary>
    internal int End { get; }

    internal SplitMix64 Random { get; }

    /// <summary>Tokens whose keys and values the model keeps: all but the last one, which is the first that the next forward sees.</summary>
    internal int Known => Tokens.Count - 1;

    internal bool IsDone => Tokens.Count >= End;

    /// <summary>Whether it has outgrown the context, so that its window slides and nothing can be kept.</summary>
    internal bool IsSliding => Tokens.Count > context;

    /// <summary>Whether the cache serves it.</summary>
    internal bool IsLive => !IsDone && !IsSliding;

    /// <summary>Most tokens that may be drafted now: one more is decoded than stays of them, and positions end at the context.</summary>
    internal int Limit(int most) => IsLive ? Math.Max(0, Math.Min(most, Math.Min(End - Tokens.Count - 1, context - Tokens.Count))) : 0;

    /// <summary>Tokens drafted in this round.</summary>
    internal List<int> Drafted { get; } = [];

    /// <summary>The distributions they were drawn from, (drafted, V).</summary>
    internal ReadOnlySpan<double> DraftDistributions => distributions.AsSpan(0, Drafted.Count * vocabulary);

    /// <summary>Which of them stayed, in their order in the text.</summary>
    internal int[] Kept { get; set; } = [];

    /// <summary>Place of the last token that stayed among those of the verification, where 0 is the one before the drafted ones.</summary>
    internal int LastPlace => Kept is [.., var last] ? last + 1 : 0;

    /// <summary>Tokens drafted and accepted so far, and rounds.</summary>
    internal (int Drafted, int Accepted, int Rounds) Count { get; set; }

    /// <summary>Draws one more drafted token.</summary>
    internal void Draft(ReadOnlySpan<float> logits, SamplingOptions sampling)
    {
        var used = Drafted.Count * vocabulary;
        if (distributions.Length < used + vocabulary) Array.Resize(ref distributions, 2 * used + vocabulary);
        var q = distributions.AsSpan(used, vocabulary);
        Sampling.Distribution(logits, sampling, q);
        Drafted.Add(Sampling.Draw(q, Random.NextUniform()));
    }
}
