using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Orchestration.Agents;

/// <summary>One GPU, or one share of the CPU, that can execute one attempt at a time.</summary>
/// <param name="Index">Place among the machine's slots, from 0.</param>
/// <param name="Name">What it is, for people: <c>cpu</c>, or the GPU's name.</param>
/// <param name="Gpu">The GPU's number as <c>CUDA_VISIBLE_DEVICES</c> counts, or null for a share of the CPU.</param>
/// <param name="Threads">CPU threads that its worker may use.</param>
public sealed record Slot(int Index, string Name, int? Gpu, int Threads)
{
    /// <summary>Name of the machine's <see cref="Agents.Processor"/>.</summary>
    public string Processor { get; init; } = Agents.Processor.Name;

    /// <summary>Whether a batch system gives each worker what its sweep asks for: then <see cref="Gpu"/> and <see cref="Threads"/> are those of a sweep that asks for nothing.</summary>
    public bool IsOnRequest { get; init; }

    /// <summary>Name of the GPU that a worker gets on request; null where none has been seen yet.</summary>
    public string? GpuName { get; init; }

    /// <summary>The slot as a worker with such needs finds it.</summary>
    public Slot For(ResourceSpec resources) => !IsOnRequest ? this
        : this with { Threads = resources.Cpus ?? Threads, Gpu = resources.Gpus is null ? null : 0, Name = resources.Gpus is null ? Name : GpuName ?? Name };

    /// <summary>What a run is trained on here: the GPU, unless it asks for the CPU.</summary>
    /// <param name="device">The run's <see cref="TrainingOptions.Device"/>.</param>
    public string DeviceFor(string device) => Gpu is not null && device != "cpu" ? TrainingDevice.Gpu(Name) : TrainingDevice.Cpu(Processor, Threads);
}
