using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Decoding;

/// <summary>
/// A vector for each position of each row, kept from one forward to the next: (R, capacity, W), allocated once. R is B rows, or several
/// matrices for each of them, such as the keys of every attention head. What a row has rolled back is overwritten.
/// </summary>
internal sealed class PositionBuffer : IDisposable
{
    private readonly Tensor data;
    private readonly int inner;

    /// <summary>Zeros for vectors like these, (R, any, W).</summary>
    // Not left empty: attention multiplies what it may not see by 0, and 0 times a NaN from old memory is NaN.
    internal PositionBuffer(int rows, int capacity, Tensor like)
    {
        inner = (int)like.size(0) / rows;
        data = zeros([like.size(0), capacity, like.size(2)], like.dtype, like.device).DetachFromDisposeScope();
    }

    /// <summary>The first <paramref name="keys"/> slots of every row, a view (R, keys, W).</summary>
    internal Tensor First(int keys) => data.narrow(1, 0, keys);

    /// <summary>Writes (R, S, W).</summary>
    internal void Write(Tensor vectors, Slots at)
    {
        if (at.Start is { } start) data.narrow(1, start, at.Count).copy_(vectors);
        else Flat.index_copy_(0, at.Index(data.size(1), inner, data.device), vectors.reshape(-1, data.size(2)));
    }

    /// <summary>Reads (R, S, W).</summary>
    internal Tensor Read(Slots at) => at.Start is { } start ? data.narrow(1, start, at.Count)
        : Flat.index_select(0, at.Index(data.size(1), inner, data.device)).view(data.size(0), at.Count, data.size(2));

    public void Dispose() => data.Dispose();

    private Tensor Flat => data.view(-1, data.size(2));
}
