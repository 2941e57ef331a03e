using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>
/// Cuts batches out of a text. Training batches are a function of (seed, step): the position in the data is one number, the step.
/// Validation batches are evenly spaced windows, the same for every run of the same shape.
/// </summary>
public sealed class BatchLoader
{
    private readonly TextData data;
    private readonly int sequences, context, futures, seed;

    /// <summary>Prepares batches of <paramref name="sequences"/> windows of <paramref name="context"/> + <paramref name="futures"/> tokens.</summary>
    /// <exception cref="TrainingException">A part of the text is shorter than one window.</exception>
    public BatchLoader(TextData data, int sequences, int context, int futures, int seed)
    {
        (this.data, this.sequences, this.context, this.futures, this.seed) = (data, sequences, context, futures, seed);
        var shortest = Math.Min(data.Train.Length, data.Validation.Length);
        if (shortest < context + futures)
            throw new TrainingException(
                $"The data set {data.Name} is too short: its smaller part has {shortest} tokens, context {context} and {futures} future tokens need {context + futures}.");
    }

    /// <summary>The batch of a training step. Every legal window is equally likely.</summary>
    public Batch Training(int step)
    {
        var windows = new long[sequences * (context + futures)];
        for (var b = 0; b < sequences; b++)
        {
            // Mixing seed and step through the generator keeps neighbouring steps and seeds independent.
            var random = new SplitMix64(new SplitMix64(((ulong)(uint)seed << 32) | (uint)step).Next() + (ulong)b);
            // Drawn as if one future token were asked for, so that configurations with more see the same windows; the few starts that are
            // too late for them are drawn again.
            int start;
            do start = random.Below(data.Train.Length - context);
            while (start > data.Train.Length - context - futures);
            Copy(data.Train.Span, start, windows, b, futures);
        }
        return new Batch(windows, sequences, context, futures, data.DocumentEnd);
    }

    /// <summary>Batch <paramref name="index"/> of the <paramref name="count"/> batches of a validation; of the next token alone.</summary>
    public Batch Validation(int index, int count)
    {
        var windows = new long[sequences * (context + 1)];
        var (lastStart, places) = (data.Validation.Length - context - 1, (long)count * sequences);
        for (var b = 0; b < sequences; b++)
        {
            var place = (long)index * sequences + b;
            Copy(data.Validation.Span, places > 1 ? (int)(place * lastStart / (places - 1)) : 0, windows, b, 1);
        }
        return new Batch(windows, sequences, context, 1);
    }

    private void Copy(ReadOnlySpan<ushort> source, int start, long[] windows, int row, int targets)
    {
        var length = context + targets;
        for (var i = 0; i < length; i++) windows[row * length + i] = source[start + i];
    }
}
