using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training;

/// <summary>Where a run trains: the option <c>device</c> on this machine.</summary>
public static class Devices
{
    /// <summary>
    /// The device of a name: <c>cpu</c>, <c>cuda</c> (the current GPU), <c>cuda:N</c>, or <c>auto</c> for a GPU where there is one.
    /// </summary>
    /// <exception cref="TrainingException">A GPU is asked for that this process does not see.</exception>
    public static Device Of(string name) => Of(name, cuda.is_available() ? cuda.device_count() : 0);

    /// <summary>The same on a machine with so many GPUs.</summary>
    internal static Device Of(string name, int gpus)
    {
        if (name == "cpu" || name == "auto" && gpus == 0) return CPU;
        if (gpus == 0)
            throw new TrainingException($"device: {name} needs an NVIDIA GPU, and libtorch sees none here; write auto or cpu, or see that nvidia-smi lists it, that CUDA_VISIBLE_DEVICES leaves it and that LIBTORCH is one with CUDA.");
        if (name is "auto" or "cuda") return CUDA;
        var index = int.Parse(name["cuda:".Length..], CultureInfo.InvariantCulture);
        if (index < gpus) return new Device(DeviceType.CUDA, index);
        throw new TrainingException($"device: {name} is not among the {(gpus == 1 ? "one GPU" : $"{gpus} GPUs")} that this process sees, cuda:0{(gpus == 1 ? "" : $" to cuda:{gpus - 1}")}; write one of them, or auto (a sweep's run sees the GPU of its slot alone).");
    }

    /// <summary>Numbers on a device: to a GPU from pinned memory, so that the program goes on while they are copied.</summary>
    internal static Tensor Place(long[] values, ReadOnlySpan<long> shape, Device device)
    {
        if (device.type != DeviceType.CUDA) return tensor(values, shape, device: device);
        using var onHost = tensor(values, shape);
        using var pinned = onHost.pin_memory();
        return pinned.to(device, non_blocking: true);
    }
}
