using Sweeps.Core.Gpt;
using Sweeps.Core.Search;

namespace Sweeps.Training.Tests;

internal static class TestBatches
{
    /// <summary>A batch of uniform tokens with as many future targets as there are heads.</summary>
    internal static Batch Random(TrainingOptions options, int vocabulary, ulong seed = 7, ushort? documentEnd = null)
    {
        var random = new SplitMix64(seed);
        var windows = new long[options.BatchSize * (options.Context + options.Heads)];
        for (var i = 0; i < windows.Length; i++) windows[i] = random.Below(vocabulary);
        return new Batch(windows, options.BatchSize, options.Context, options.Heads, documentEnd);
    }
}
