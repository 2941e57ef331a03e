using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. It is freed by <see cref="Dispose"/>, by the dispose scope it was created in, or at the latest by the finalizer.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private nint handle;

        internal Tensor(nint handle)
        {
            this.handle = handle;
            Scope = DisposeScope.Register(this);
        }

        ~Tensor() => Release();

        /// <summary>The scope that will dispose this tensor, or null.</summary>
        internal DisposeScope? Scope { get; set; }

        /// <summary>The libtorch tensor behind this object.</summary>
        /// <exception cref="ObjectDisposedException">It was disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor));

        public bool IsInvalid => handle == 0;

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release()
        {
            var released = Interlocked.Exchange(ref handle, 0);
            if (released != 0) Door.door_release(released);
        }

        /// <summary>Gives the libtorch tensor away; this object is invalid from then on.</summary>
        internal nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            return Interlocked.Exchange(ref handle, 0);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            DisposeScope.MoveToOuterOf(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            DisposeScope.Move(this, null);
            return this;
        }

        // ---- what it is

        public ScalarType dtype => (ScalarType)Kept(Door.door_type(Handle));

        public Device device
        {
            get
            {
                var packed = Kept(Door.door_device(Handle));
                return new Device((DeviceType)(packed & 0xff), (sbyte)(packed >> 8));
            }
        }

        public long Dimensions => Kept(Door.door_dimensions(Handle));

        public long dim() => Dimensions;

        public long numel() => Kept(Door.door_count(Handle));

        public long size(int dim)
        {
            var size = Kept(Door.door_size(Handle, dim));
            return size >= 0 ? size : throw Door.Error();
        }

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* target = sizes) Door.door_sizes(Handle, target);
                return Kept(sizes);
            }
        }

        public bool is_contiguous() => Kept(Door.door_is_contiguous(Handle)) != 0;

        // ---- its numbers

        /// <summary>The memory of a contiguous tensor on the CPU; valid while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (device.type != DeviceType.CPU || !is_contiguous())
                    throw new NotSupportedException("The bytes of a tensor can be reached when it is contiguous and on the CPU.");
                return new Span<byte>((void*)Kept(Door.door_data(Handle)), checked((int)(numel() * ElementSize)));
            }
        }

        public long ElementSize => dtype switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            _ => 8,
        };

        /// <summary>The only element.</summary>
        /// <exception cref="ArgumentException">There is not exactly one, or <typeparamref name="T"/> is not its type.</exception>
        public T item<T>() where T : unmanaged
        {
            if (numel() != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            return data<T>()[0];
        }

        /// <summary>The elements in order.</summary>
        public Utils.TensorAccessor<T> data<T>() where T : unmanaged => new(this);

        public Tensor cpu() => to(CPU);

        // ---- autograd

        public bool requires_grad
        {
            get => Kept(Door.door_requires_grad(Handle)) != 0;
            set => Door.Checked(Kept(Door.door_set_requires_grad(Handle, value ? 1 : 0)));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public bool is_leaf => Kept(Door.door_is_leaf(Handle)) != 0;

        public Tensor? grad
        {
            get
            {
                var gradient = Kept(Door.door_grad(Handle));
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set
            {
                Door.Checked(Kept(Door.door_set_grad(Handle, value?.Handle ?? 0)));
                GC.KeepAlive(value);
            }
        }

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        // Keeps this object, and with it the handle, alive until a native call has returned.
        private T Kept<T>(T result)
        {
            GC.KeepAlive(this);
            return result;
        }
    }
}

/// <summary>Extensions of tensors.</summary>
public static class TensorExtensionMethods
{
    /// <summary>Makes a parameter of the tensor, which is invalid from then on.</summary>
    public static Modules.Parameter AsParameter(this torch.Tensor tensor) => new(tensor);
}
