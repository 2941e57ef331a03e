using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    private static class Factories
    {
        internal static readonly Operator empty = new("aten::empty", "memory_format"), full = new("aten::full");
        internal static readonly Operator zeros = new("aten::zeros"), ones = new("aten::ones"), zeros_like = new("aten::zeros_like");
        internal static readonly Operator randn = new("aten::randn"), triu = new("aten::triu");
        internal static readonly Operator cat = new("aten::cat"), stack = new("aten::stack");
    }

    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Create(Factories.empty, size, dtype, device, requires_grad);

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Create(Factories.zeros, size, dtype, device, requires_grad);

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Create(Factories.ones, size, dtype, device, requires_grad);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Create(Factories.randn, size, dtype, device, requires_grad);

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Factories.full.Call(size, value, dtype, Argument.None, device).requires_grad_if(requires_grad);

    public static Tensor zeros_like(Tensor input) => Factories.zeros_like.Call(input);

    public static Tensor triu(Tensor input, long diagonal = 0) => Factories.triu.Call(input, diagonal);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Factories.cat.Call(tensors.ToArray(), dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Factories.stack.Call(tensors.ToArray(), dim);

    public static Tensor tensor(long[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromMemory<long>(rawArray, dimensions, ScalarType.Int64, dtype, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromMemory<float>(rawArray, dimensions, ScalarType.Float32, dtype, device, requires_grad);

    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromMemory<double>(rawArray, dimensions, ScalarType.Float64, dtype, device, requires_grad);

    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromMemory<byte>(rawArray, dimensions, ScalarType.Byte, dtype, device, requires_grad);

    private static Tensor Create(Operator op, long[] size, ScalarType? dtype, Device? device, bool requires_grad) =>
        op.Call(size, dtype, Argument.None, device).requires_grad_if(requires_grad);

    private static unsafe Tensor FromMemory<T>(
        ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        long count = 1;
        foreach (var size in dimensions) count *= size;
        if (count != values.Length) throw new ArgumentException($"mismatched total size: {values.Length} values for {count} elements");
        Tensor result;
        fixed (T* memory = values)
        fixed (long* sizes = dimensions)
            result = new Tensor(Door.Checked(Door.door_from_memory(memory, sizes, dimensions.Length, (int)type)));
        if (dtype is { } other && other != type) result = result.to(other, disposeAfter: true);
        if (device is { type: not DeviceType.CPU }) result = result.to(device, disposeAfter: true);
        return result.requires_grad_if(requires_grad);
    }

    private static Tensor requires_grad_if(this Tensor tensor, bool requires_grad) =>
        requires_grad ? tensor.requires_grad_() : tensor;
}
