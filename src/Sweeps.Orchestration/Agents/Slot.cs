using System.Globalization;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Orchestration.Agents;

/// <summary>One GPU or one part of it that the driver has cut off (MIG), or one share of the CPU; attempts take one or several slots, or a share of one.</summary>
/// <param name="Index">Place among the machine's slots, from 0.</param>
/// <param name="Name">What it is, for people: <c>cpu</c>, or the GPU's name.</param>
/// <param name="Gpu">The GPU's number as <c>CUDA_VISIBLE_DEVICES</c> counts, or null for a share of the CPU.</param>
/// <param name="Threads">CPU threads that its worker may use.</param>
public sealed record Slot(int Index, string Name, int? Gpu, int Threads)
{
    /// <summary>Name of the machine's <see cref="Agents.Processor"/>.</summary>
    public string Processor { get; init; } = Agents.Processor.Name;

    /// <summary>What <c>CUDA_VISIBLE_DEVICES</c> calls it where that is not its number: the UUID of a part of a GPU, or several GPUs.</summary>
    public string? Device { get; init; }

    /// <summary>The GPU's UUID, or null.</summary>
    public string? Uuid { get; init; }

    /// <summary>Memory of the GPU, or its part of the machine's; null where it is not known.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The value of <c>CUDA_VISIBLE_DEVICES</c> for its workers; without it a worker on the CPU would see the GPUs.</summary>
    public string Visible => Device ?? Gpu?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>Whether a batch system gives each worker what its sweep asks for: then <see cref="Gpu"/> and <see cref="Threads"/> are those of a sweep that asks for nothing.</summary>
    public bool IsOnRequest { get; init; }

    /// <summary>Name of the GPU that a worker gets on request; null where none has been seen yet.</summary>
    public string? GpuName { get; init; }

    /// <summary>Reads the slots of a machine as its agent has described them; none where that is not understood, as of an agent of another version.</summary>
    public static IReadOnlyList<Slot> ReadAll(string json)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize<Slot?[]>(json, Json.Options) ?? []).OfType<Slot>().Where(slot => slot.Name is not null && slot.Threads > 0).DistinctBy(slot => slot.Index)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The slot as an attempt with such needs finds it, or null where it is not of the kind that is asked for.</summary>
    public Slot? For(ResourceSpec needs) => IsOnRequest ? needs.Gpus is null ? this with { Threads = needs.Cpus ?? Threads } : this with { Gpu = 0, Name = GpuName ?? Name }
        : needs.Gpus is not null ? (Gpu is null ? null : this)
        : needs.Cpus is { } cores ? (Gpu is null ? this with { Threads = cores } : null) : this;

    /// <summary>What a run is trained on here: the GPU, unless it asks for the CPU.</summary>
    /// <param name="device">The run's <see cref="TrainingOptions.Device"/>.</param>
    public string DeviceFor(string device) => Gpu is not null && device != "cpu" ? TrainingDevice.Gpu(Name) : TrainingDevice.Cpu(Processor, Threads);
}
