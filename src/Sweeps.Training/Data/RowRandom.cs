using Sweeps.Core.Search;

namespace Sweeps.Training.Data;

/// <summary>The random numbers of each row of a batch: a stream of its own, so that no row depends on the others.</summary>
internal static class RowRandom
{
    /// <summary>The stream of a row of a training batch.</summary>
    // Mixing seed and step through the generator keeps neighbouring steps and seeds independent.
    internal static SplitMix64 OfTraining(int seed, int step, int row) =>
        new(new SplitMix64(((ulong)(uint)seed << 32) | (uint)step).Next() + (ulong)row);

    /// <summary>The stream of a row of decoding. No training step has this number.</summary>
    internal static SplitMix64 OfDecoding(int seed, int row) => OfTraining(seed, -1, row);

    /// <summary>The stream of an example of the validation, whatever the seed and the batch size. No training step has this number.</summary>
    internal static SplitMix64 OfValidation(long place) => new(new SplitMix64(ulong.MaxValue).Next() + (ulong)place);
}
