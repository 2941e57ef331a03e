using System.Collections;
using System.Runtime.InteropServices;

namespace TorchSharp.Utils;

/// <summary>Elements of a tensor, in row-major order.</summary>
public sealed class TensorAccessor<T> : IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;

    internal TensorAccessor(torch.Tensor source)
    {
        if (source.dtype != TypeOf()) throw new ArgumentException($"The tensor holds {source.dtype}, not {typeof(T).Name}.");
        if (source.device.type != DeviceType.CPU) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        tensor = source.is_contiguous() ? source : source.contiguous();
    }

    public long Count => tensor.numel();

    public T this[params long[] indices]
    {
        get
        {
            long offset = 0;
            for (var i = 0; i < indices.Length; i++) offset = offset * (indices.Length == 1 ? 0 : tensor.size(i)) + indices[i];
            return Span[checked((int)offset)];
        }
    }

    public T[] ToArray()
    {
        var copy = Span.ToArray();
        GC.KeepAlive(tensor);
        return copy;
    }

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        array[arrayIndex..].CopyTo(Span[checked((int)tensorIndex)..]);
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Span<T> Span => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    private static torch.ScalarType TypeOf() => default(T) switch
    {
        byte => torch.ScalarType.Byte,
        int => torch.ScalarType.Int32,
        long => torch.ScalarType.Int64,
        float => torch.ScalarType.Float32,
        double => torch.ScalarType.Float64,
        bool => torch.ScalarType.Bool,
        _ => throw new ArgumentException($"No tensor holds elements of type {typeof(T).Name}."),
    };
}
