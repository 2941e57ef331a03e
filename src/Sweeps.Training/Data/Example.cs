using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>A row of a batch that a task fills; tokens that it leaves out are padding: neither trained nor an answer.</summary>
/// <param name="tokens">The tokens, all 0.</param>
/// <param name="trained">Whether each is trained as a target, all false.</param>
/// <param name="answers">The number of the answer that each belongs to, all 0 for none.</param>
public readonly ref struct Example(Span<long> tokens, Span<bool> trained, Span<int> answers)
{
    /// <summary>The tokens.</summary>
    public Span<long> Tokens { get; } = tokens;

    /// <summary>Whether each is trained as a target.</summary>
    public Span<bool> Trained { get; } = trained;

    /// <summary>The number of the answer that each belongs to, 0 for none.</summary>
    public Span<int> Answers { get; } = answers;

    /// <summary>Marks tokens as the one answer, which alone is trained.</summary>
    internal void Answer(int first, int count)
    {
        Trained.Slice(first, count).Fill(true);
        Answers.Slice(first, count).Fill(1);
    }

    /// <summary>Which part a question belongs to: decided by its own numbers alone, a tenth of the questions validate.</summary>
    internal static Part PartOf(ReadOnlySpan<long> question)
    {
        var hash = 0UL;
        foreach (var number in question) hash = new SplitMix64(hash ^ (ulong)number).Next();
        return new SplitMix64(hash).Below(10) == 0 ? Part.Validation : Part.Training;
    }
}
