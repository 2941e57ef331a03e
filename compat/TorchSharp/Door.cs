using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Modules;

[module: SkipLocalsInit]

namespace TorchSharp;

/// <summary>What crosses the door (native/door.cpp): the kinds of arguments and results.</summary>
internal enum Tag
{
    None, Tensor, Int, Double, Bool, IntList, TensorList, String, DoubleList, Device,
}

/// <summary>An argument or result in the layout of native/door.cpp; lists and strings are <c>Length</c> items at the address in <c>Payload</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal Tag Tag;
    internal int Length;
    internal long Payload;
}

/// <summary>An argument of an operator, convertible from what operators take.</summary>
internal readonly struct Argument
{
    internal readonly Tag Tag;
    internal readonly long Payload;

    /// <summary>The tensor (kept alive during the call), <c>long[]</c>, tensors or text.</summary>
    internal readonly object? Object;

    private Argument(Tag tag, long payload, object? kept = null) => (Tag, Payload, Object) = (tag, payload, kept);

    internal static Argument None => default;

    public static implicit operator Argument(torch.Tensor? tensor) => tensor is null ? default : new(Tag.Tensor, 0, tensor);

    public static implicit operator Argument(Parameter? tensor) => (torch.Tensor?)tensor;

    public static implicit operator Argument(long value) => new(Tag.Int, value);

    public static implicit operator Argument(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Argument(long[]? values) => values is null ? default : new(Tag.IntList, 0, values);

    public static implicit operator Argument(torch.Tensor[] tensors) => new(Tag.TensorList, 0, tensors);

    public static implicit operator Argument(string? text) => text is null ? default : new(Tag.String, 0, text);

    public static implicit operator Argument(torch.ScalarType type) => new(Tag.Int, (long)type);

    public static implicit operator Argument(torch.ScalarType? type) => type is { } t ? t : default(Argument);

    public static implicit operator Argument(torch.Device? device) =>
        device is null ? default : new(Tag.Device, (long)device.type | (long)(sbyte)device.index << 8);

    public static implicit operator Argument(Scalar scalar) => scalar.ToArgument();
}

/// <summary>An operator of ATen, looked up once by name and overload.</summary>
internal sealed class Operator(string name, string overload = "")
{
    private readonly nint handle = Door.Checked(Door.door_operator(name, overload));

    /// <summary>Calls an operator with one tensor as result.</summary>
    internal torch.Tensor Call(params ReadOnlySpan<Argument> arguments) => new(CallForHandle(arguments));

    /// <summary>Calls an in-place operator; its result is the tensor it was given.</summary>
    internal unsafe void CallInPlace(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    /// <summary>Calls an operator with several tensors as results.</summary>
    internal unsafe torch.Tensor[] CallForTuple(int count, params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[count];
        Invoke(arguments, results, count);
        var tensors = new torch.Tensor[count];
        for (var i = 0; i < count; i++) tensors[i] = new torch.Tensor((nint)results[i].Payload);
        return tensors;
    }

    /// <summary>Calls an operator with a list of tensors as result.</summary>
    internal unsafe torch.Tensor[] CallForList(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        var handles = (nint*)result.Payload;
        var tensors = new torch.Tensor[result.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = new torch.Tensor(handles[i]);
        return tensors;
    }

    /// <summary>Calls an operator with a boolean as result.</summary>
    internal unsafe bool CallForBool(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result.Payload != 0;
    }

    /// <summary>Calls an operator with one tensor as result and returns its handle.</summary>
    internal unsafe nint CallForHandle(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return (nint)result.Payload;
    }

    private unsafe void Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        const int ScratchSize = 64;
        var native = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc long[ScratchSize];
        var used = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            ref readonly var argument = ref arguments[i];
            native[i].Tag = argument.Tag;
            switch (argument.Tag)
            {
                case Tag.Tensor:
                    native[i].Payload = ((torch.Tensor)argument.Object!).Handle;
                    break;
                case Tag.IntList:
                    var integers = (long[])argument.Object!;
                    var target = Reserve(integers.Length);
                    integers.CopyTo(new Span<long>(target, integers.Length));
                    native[i].Length = integers.Length;
                    native[i].Payload = (long)target;
                    break;
                case Tag.TensorList:
                    var tensors = (torch.Tensor[])argument.Object!;
                    var handles = Reserve(tensors.Length);
                    for (var j = 0; j < tensors.Length; j++) handles[j] = tensors[j].Handle;
                    native[i].Length = tensors.Length;
                    native[i].Payload = (long)handles;
                    break;
                case Tag.String:
                    var text = (string)argument.Object!;
                    var bytes = (byte*)Reserve((text.Length + 7) / 8);
                    native[i].Length = System.Text.Encoding.ASCII.GetBytes(text, new Span<byte>(bytes, text.Length));
                    native[i].Payload = (long)bytes;
                    break;
                default:
                    native[i].Payload = argument.Payload;
                    break;
            }
        }

        try
        {
            if (Door.door_call(handle, native, arguments.Length, results, capacity) < 0) throw Door.Error();
        }
        finally
        {
            if (used > ScratchSize) NativeMemory.Free(overflow);
        }

        // The stack serves nearly every call; the rare long list of tensors goes to the heap.
        long* Reserve(int count)
        {
            if (used <= ScratchSize && used + count <= ScratchSize)
            {
                used += count;
                return scratch + used - count;
            }
            if (used > ScratchSize) throw new NotSupportedException("An operator took two long lists.");
            used = int.MaxValue;
            return overflow = (long*)NativeMemory.Alloc((nuint)count, sizeof(long));
        }
    }

    [ThreadStatic]
    private static unsafe long* overflow;
}

/// <summary>The C functions of native/door.cpp.</summary>
internal static unsafe partial class Door
{
    private const string Library = "sweeps_torch";

    static Door() => NativeLibrary.SetDllImportResolver(typeof(Door).Assembly, Resolve);

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        var file = Path.Combine(AppContext.BaseDirectory, "libsweeps_torch.so");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"libtorch could not be loaded through {file}: {e.Message} Install libtorch-dev and libopenblas0-pthread, or set LIBTORCH and build again.", e);
        }
    }

    internal static ExternalException Error() => new(Marshal.PtrToStringUTF8(door_error()));

    internal static nint Checked(nint handle) => handle != 0 ? handle : throw Error();

    internal static void Checked(int result)
    {
        if (result < 0) throw Error();
    }

    [LibraryImport(Library)] internal static partial nint door_error();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint door_operator(string name, string overload);
    [LibraryImport(Library)] internal static partial int door_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);
    [LibraryImport(Library)] internal static partial void door_release(nint tensor);
    [LibraryImport(Library)] internal static partial int door_type(nint tensor);
    [LibraryImport(Library)] internal static partial long door_device(nint tensor);
    [LibraryImport(Library)] internal static partial int door_dimensions(nint tensor);
    [LibraryImport(Library)] internal static partial long door_count(nint tensor);
    [LibraryImport(Library)] internal static partial long door_size(nint tensor, long dimension);
    [LibraryImport(Library)] internal static partial void door_sizes(nint tensor, long* sizes);
    [LibraryImport(Library)] internal static partial int door_is_contiguous(nint tensor);
    [LibraryImport(Library)] internal static partial nint door_data(nint tensor);
    [LibraryImport(Library)] internal static partial nint door_from_memory(void* memory, long* sizes, int dimensions, int type);
    [LibraryImport(Library)] internal static partial int door_requires_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int door_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int door_is_leaf(nint tensor);
    [LibraryImport(Library)] internal static partial nint door_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int door_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] internal static partial int door_backward(nint* tensors, nint* grads, int count, int retainGraph);
    [LibraryImport(Library)] internal static partial int door_grad_enabled();
    [LibraryImport(Library)] internal static partial void door_set_grad_enabled(int value);
    [LibraryImport(Library)] internal static partial int door_set_default_type(int type);
    [LibraryImport(Library)] internal static partial int door_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial nint door_random_state();
    [LibraryImport(Library)] internal static partial int door_set_random_state(nint state);
    [LibraryImport(Library)] internal static partial int door_threads();
    [LibraryImport(Library)] internal static partial int door_set_threads(int threads);
    [LibraryImport(Library)] internal static partial int door_cuda_available();
    [LibraryImport(Library)] internal static partial int door_cuda_count();
    [LibraryImport(Library)] internal static partial int door_cuda_synchronize(long index);
}
