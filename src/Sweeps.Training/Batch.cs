using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>B windows of T + n tokens: inputs are the first T, targets of offset j are those that stand j + 1 places later.</summary>
public sealed class Batch : IDisposable
{
    private readonly long[] windows;
    private readonly int futures;
    private readonly ushort? documentEnd;
    private Batch? whole;

    /// <summary>Wraps windows, row after row.</summary>
    public Batch(long[] windows, int sequences, int context, int futures, ushort? documentEnd = null, Device? device = null)
    {
        (this.windows, Sequences, Context, this.futures, this.documentEnd) = (windows, sequences, context, futures, documentEnd);
        Device = device ?? CPU;
        Tokens = Shifted(0, sequences, context).DetachFromDisposeScope();
    }

    /// <summary>B.</summary>
    public int Sequences { get; }

    /// <summary>T.</summary>
    public int Context { get; }

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; }

    /// <summary>Inputs, (B, T).</summary>
    public Tensor Tokens { get; }

    /// <summary>Targets of offset <paramref name="offset"/>, (B*T).</summary>
    public Tensor Target(int offset) => Shifted(offset + 1, Sequences * Context);

    /// <summary>
    /// Which tokens of the windows are trained as targets, laid out as they are; null for all of them. The others count neither in the
    /// objective nor in the loss of the next token.
    /// </summary>
    public bool[]? Trained { get; init; }

    /// <summary>
    /// Which tokens of the windows are answers that can be right or wrong, laid out as they are: 0 for those that are not, and one number
    /// for the tokens of one answer, which stand together. Null for data without answers.
    /// </summary>
    public int[]? Answers { get; init; }

    /// <summary>Whether the token <paramref name="offset"/> + 1 places after a position is trained, (B*T); null when all are.</summary>
    internal bool[]? TrainedTargets(int offset) => Trained is null ? null : Shifted(Trained, offset + 1);

    /// <summary>
    /// Counts the answers, and those right: predicted in all their tokens, each from the true tokens before it. That is what greedy decoding
    /// would write, since it leaves the right answer at its first wrong token.
    /// </summary>
    /// <param name="predictions">The likeliest next token of each position, (B*T).</param>
    internal (int Right, int Count) Score(ReadOnlySpan<long> predictions)
    {
        if (Answers is null) return (0, 0);
        var (right, count) = (0, 0);
        for (var b = 0; b < Sequences; b++)
        {
            var (current, hit) = (0, true);
            for (var t = 0; t <= Context; t++)
            {
                // The answer that the next token belongs to; behind the last there is none.
                var answer = t < Context ? Answers[b * (Context + futures) + t + 1] : 0;
                if (answer != current)
                {
                    if (current != 0 && hit) right++;
                    if (answer != 0) count++;
                    (current, hit) = (answer, true);
                }
                if (answer != 0) hit &= predictions[b * Context + t] == NextToken(b, t);
            }
        }
        return (right, count);
    }

    /// <summary>The token after position <paramref name="position"/> of a sequence.</summary>
    internal long NextToken(int sequence, int position) => windows[sequence * (Context + futures) + position + 1];

    /// <summary>Whether the token after a position is trained.</summary>
    internal bool IsTrained(int sequence, int position) => Trained is null || Trained[sequence * (Context + futures) + position + 1];

    /// <summary>Whether the token after a position ends a document.</summary>
    internal bool EndsDocument(int sequence, int position) => NextToken(sequence, position) == documentEnd;

    /// <summary>
    /// The batch in parts of as many rows each, whose losses and gradients sum to those of the whole. One part is the batch itself; several
    /// are disposed of apart from it.
    /// </summary>
    public IEnumerable<Batch> Split(int parts)
    {
        if (Sequences % parts != 0) throw new ArgumentException($"{Sequences} sequences do not make {parts} equal parts.", nameof(parts));
        if (parts == 1) return [this];
        var rows = Sequences / parts;
        var length = rows * (Context + futures);
        return Enumerable.Range(0, parts).Select(part =>
        {
            var range = new Range(part * length, (part + 1) * length);
            return new Batch(windows[range], rows, Context, futures, documentEnd, Device) { Trained = Trained?[range], Answers = Answers?[range], whole = this };
        });
    }

    /// <summary>Number of an offset's targets that a mean is taken over, at least 1: the trained ones of the batch, of the whole one when this is a part.</summary>
    internal int TargetCount(int offset) =>
        whole?.TargetCount(offset) ?? (TrainedTargets(offset) is { } trained ? Math.Max(1, trained.Count(t => t)) : Sequences * Context);

    /// <inheritdoc/>
    public void Dispose() => Tokens.Dispose();

    private Tensor Shifted(int shift, params long[] shape) => Devices.Place(Shifted(windows, shift), shape, Device);

    private T[] Shifted<T>(T[] source, int shift)
    {
        var values = new T[Sequences * Context];
        for (var b = 0; b < Sequences; b++) Array.Copy(source, b * (Context + futures) + shift, values, b * Context, Context);
        return values;
    }
}
