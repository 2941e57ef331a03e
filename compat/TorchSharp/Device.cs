namespace TorchSharp;

public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}

public static partial class torch
{
    /// <summary>Element types, numbered as in libtorch.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        Bool = 11,
        BFloat16 = 15,
    }

    public const ScalarType uint8 = ScalarType.Byte;
    public const ScalarType int32 = ScalarType.Int32;
    public const ScalarType int64 = ScalarType.Int64;
    public const ScalarType float32 = ScalarType.Float32;
    public const ScalarType float64 = ScalarType.Float64;
    public const ScalarType bfloat16 = ScalarType.BFloat16;

    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly Device CUDA = new(DeviceType.CUDA);

    /// <summary>Where a tensor lives; index -1 is the current device of that type.</summary>
    public class Device(DeviceType type, int index = -1)
    {
        public DeviceType type { get; } = type;

        public int index { get; } = index;

        public override string ToString() => type.ToString().ToLowerInvariant() + (index < 0 ? "" : $":{index}");
    }

    /// <summary>Type of floating-point tensors that are made without one.</summary>
    public static void set_default_dtype(ScalarType dtype) => Door.Checked(Door.door_set_default_type((int)dtype));

    /// <summary>Tensors without numbers: shapes alone.</summary>
    public static readonly Device META = new(DeviceType.META);

    public static class cuda
    {
        public static bool is_available() => Door.door_cuda_available() != 0;

        public static int device_count()
        {
            var count = Door.door_cuda_count();
            Door.Checked(count);
            return count;
        }

        /// <summary>Waits for all that was asked of a GPU, the current one when none is given.</summary>
        public static void synchronize(Device? device = null) => Door.Checked(Door.door_cuda_synchronize(device?.index ?? -1));
    }
}
