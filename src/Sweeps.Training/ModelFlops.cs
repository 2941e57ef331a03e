using Sweeps.Core.Gpt;

namespace Sweeps.Training;

/// <summary>
/// Floating-point operations that training a token needs by the model's formula, whatever the machine does for it (PaLM: Chowdhery et al.
/// 2022, appendix B), and the share of a GPU's peak that they are: the model FLOP utilisation, MFU.
/// </summary>
public static class ModelFlops
{
    /// <summary>
    /// Peak of dense bf16 products (fp16 where there is no bf16) in TFLOP/s, without sparsity, by the name in nvidia-smi; from NVIDIA's data sheets.
    /// </summary>
    private static readonly (string Name, double Peak)[] Gpus =
    [
        ("B200", 2250), ("GH200", 989), ("H200 NVL", 835), ("H200", 989), ("H100 NVL", 835), ("H100 PCIe", 756), ("H100", 989), ("A100", 312), ("A40", 149.7), ("A30", 165), ("A10", 125),
        ("L40S", 362), ("L4", 121), ("V100-PCIE", 112), ("V100", 125), ("T4", 65), ("RTX A6000", 154.8), ("RTX 4090", 165.2), ("RTX 3090", 71),
    ];

    /// <summary>Operations of a training token, forward and backward: 6 N + 12 L H Q T.</summary>
    /// <param name="parameters">N: all but the tables that are only looked up.</param>
    /// <param name="layers">L.</param>
    /// <param name="attentionHeads">H.</param>
    /// <param name="headWidth">Q, channels of an attention head.</param>
    /// <param name="context">T.</param>
    public static double PerToken(long parameters, int layers, int attentionHeads, int headWidth, int context) =>
        6.0 * parameters + 12.0 * layers * attentionHeads * headWidth * context;

    /// <summary>
    /// The same for a model: N counts an output head that several heads share, and a module that they share, as often as they are used, whatever
    /// the weights of their losses; learned positions, an embedding that is not the output head and time weights multiply nothing.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What it was built with.</param>
    /// <param name="context">T, of a step whose context is not that of the options.</param>
    public static double PerToken(Gpt model, TrainingOptions options, int? context = null)
    {
        var further = options.Heads - 1;
        long Count(Func<string, bool> counts) => model.named_parameters().Where(pair => counts(pair.name)).Sum(pair => pair.parameter.numel());
        var N = Count(name => name is not ("positions" or "embedding") && !name.Contains("timeWeights.", StringComparison.Ordinal));
        // Replicated heads have tables of their own, shared ones no logits of their own.
        if (options.HeadKind is not (HeadKind.Shared or HeadKind.Replicated)) N += further * model.Output.numel();
        if (options.SharedModule && further > 1) N += (further - 1) * Count(name => name.StartsWith("modules.", StringComparison.Ordinal));
        var headsHaveLayers = options.HeadKind is HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal or HeadKind.Deepseek;
        var layers = options.Layers + (headsHaveLayers && !options.MatchParameters ? further : 0);
        return PerToken(N, layers, options.AttentionHeads, options.Width / options.AttentionHeads, context ?? options.Context);
    }

    /// <summary>A GPU's peak in TFLOP/s by its name, such as <c>NVIDIA A100-SXM4-40GB</c>; null for others.</summary>
    public static double? PeakTflops(string? gpu)
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
