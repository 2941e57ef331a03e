using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Data;

/// <summary>
/// Cuts batches out of a text. Training batches are a function of (seed, step): the position in the data is one number, the step.
/// Validation batches are evenly spaced windows, the same for every run of the same shape.
/// </summary>
public sealed class BatchLoader : IDataSet
{
    private readonly ICorpus data;
    private readonly int sequences, context, futures, seed;

    /// <summary>Prepares batches of <paramref name="sequences"/> windows of <paramref name="context"/> + <paramref name="futures"/> tokens.</summary>
    /// <exception cref="TrainingException">A part of the text is shorter than one window.</exception>
    public BatchLoader(ICorpus data, int sequences, int context, int futures, int seed)
    {
        (this.data, this.sequences, this.context, this.futures, this.seed) = (data, sequences, context, futures, seed);
        var shortest = Math.Min(data.TrainTokens.Length, data.ValidationTokens.Length);
        if (shortest < context + futures)
            throw new TrainingException(
                $"The data set {data.Name} is too short: its smaller part has {shortest} tokens, context {context} and {futures} future tokens need {context + futures}.");
    }

    /// <summary>Where the batches' tensors go.</summary>
    public Device Device { get; init; } = CPU;

    /// <inheritdoc/>
    public string Name => data.Name;

    /// <inheritdoc/>
    public string Sha256 => data.Sha256;

    /// <inheritdoc/>
    public int Vocabulary => data.Vocabulary;

    /// <inheritdoc/>
    public bool HasDocuments => data.DocumentEnd is not null;

    /// <inheritdoc/>
    public IDataSet? Beyond => null;

    /// <summary>The batch of a training step. Every legal window is equally likely.</summary>
    public Batch Training(int step, int? sequences = null, int? context = null)
    {
        var (B, T) = (sequences ?? this.sequences, context ?? this.context);
        var windows = new long[B * (T + futures)];
        for (var b = 0; b < B; b++)
        {
            var random = RowRandom.OfTraining(seed, step, b);
            // Drawn as if one future token were asked for, so that configurations with more see the same windows; the few starts that are
            // too late for them are drawn again.
            long start;
            do start = random.Below(data.TrainTokens.Length - T);
            while (start > data.TrainTokens.Length - T - futures);
            Copy(data.TrainTokens, start, windows, b, T + futures);
        }
        return new Batch(windows, B, T, futures, data.DocumentEnd, Device);
    }

    /// <inheritdoc/>
    public Batch Validation(int index, int count)
    {
        var windows = new long[sequences * (context + 1)];
        var (lastStart, places) = (data.ValidationTokens.Length - context - 1, (long)count * sequences);
        for (var b = 0; b < sequences; b++)
        {
            var place = (long)index * sequences + b;
            Copy(data.ValidationTokens, places > 1 ? place * lastStart / (places - 1) : 0, windows, b, context + 1);
        }
        return new Batch(windows, sequences, context, 1, device: Device);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<long> tokens) => data.Decode(tokens);

    /// <inheritdoc/>
    public void Dispose() => data.Dispose();

    private static void Copy(ITokenSequence source, long start, long[] windows, int row, int length) =>
        source.Read(start, windows.AsSpan(row * length, length));
}
