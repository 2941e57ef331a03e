using System.Globalization;

namespace Sweeps.Core.Gpt;

/// <summary>What a stage is trained on, as far as the last bits of its numbers depend on it.</summary>
public static class TrainingDevice
{
    /// <summary>A share of the CPU.</summary>
    public static string Cpu(string processor, int threads) => string.Create(CultureInfo.InvariantCulture, $"cpu {processor}, threads {threads}");

    /// <summary>A GPU.</summary>
    public static string Gpu(string name) => $"gpu {name}";

    /// <summary>A device whose memory ran out, so that it trains in <see cref="TrainingOptions.InSmallerParts"/> than the run says: no other run is the same bit for bit.</summary>
    public static string InSmallerParts(string device, int accumulation) => string.Create(CultureInfo.InvariantCulture, $"{device}, accumulation {accumulation}");
}
