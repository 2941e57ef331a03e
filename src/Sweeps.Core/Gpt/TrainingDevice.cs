using System.Globalization;

namespace Sweeps.Core.Gpt;

/// <summary>What a stage is trained on, as far as the last bits of its numbers depend on it.</summary>
public static class TrainingDevice
{
    /// <summary>A share of the CPU.</summary>
    public static string Cpu(string processor, int threads) => string.Create(CultureInfo.InvariantCulture, $"cpu {processor}, threads {threads}");

    /// <summary>A GPU.</summary>
    public static string Gpu(string name) => $"gpu {name}";
}
