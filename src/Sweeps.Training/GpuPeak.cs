namespace Sweeps.Training;

/// <summary>What GPUs can do at most: the model FLOP utilisation, MFU, is the share of it that <see cref="Core.Gpt.ModelFlops"/> are.</summary>
public static class GpuPeak
{
    /// <summary>
    /// Peak of dense bf16 products (fp16 where there is no bf16) in TFLOP/s, without sparsity, by the name in nvidia-smi; from NVIDIA's data sheets.
    /// </summary>
    private static readonly (string Name, double Peak)[] Gpus =
    [
        ("B200", 2250), ("GH200", 989), ("H200 NVL", 835), ("H200", 989), ("H100 NVL", 835), ("H100 PCIe", 756), ("H100", 989), ("A100", 312), ("A40", 149.7), ("A30", 165), ("A10", 125),
        ("L40S", 362), ("L4", 121), ("V100-PCIE", 112), ("V100", 125), ("T4", 65), ("RTX A6000", 154.8), ("RTX 4090", 165.2), ("RTX 3090", 71),
    ];

    /// <summary>A GPU's peak in TFLOP/s by its name, such as <c>NVIDIA A100-SXM4-40GB</c>; null for others.</summary>
    public static double? Tflops(string? gpu)
    {
        if (gpu is null) return null;
        var name = gpu;
        foreach (var maker in new[] { "NVIDIA ", "GeForce ", "Tesla " }) name = name.StartsWith(maker, StringComparison.Ordinal) ? name[maker.Length..] : name;
        foreach (var (known, peak) in Gpus)
        {
            if (!name.StartsWith(known, StringComparison.Ordinal)) continue;
            // What may follow tells the memory or the board; another word is another product, as in RTX 4090 Laptop GPU.
            var rest = name[known.Length..].Split(' ', '-').Where(word => word.Length > 0);
            if (rest.All(word => word.EndsWith("GB", StringComparison.Ordinal) || word.StartsWith("SXM", StringComparison.Ordinal) || word.StartsWith("HBM", StringComparison.Ordinal)
                || word.Equals("PCIe", StringComparison.OrdinalIgnoreCase)) && (name.Length == known.Length || name[known.Length] is ' ' or '-')) return peak;
        }
        return null;
    }
}
