namespace Benchmarks;

/// <summary>A model, its batch and the steps that are measured in one process, as arguments of either side.</summary>
internal sealed record Shape(int Layers, int AttentionHeads, int Width, int Context, int Batch, int Vocabulary, int Steps)
{
    /// <summary>nanoGPT's CPU configuration.</summary>
    internal static Shape NanoGpt { get; } = new(Layers: 4, AttentionHeads: 4, Width: 128, Context: 64, Batch: 12, Vocabulary: 65, Steps: 60);

    /// <summary>nanoGPT's GPU configuration with a batch for a CPU.</summary>
    internal static Shape Larger { get; } = new(Layers: 6, AttentionHeads: 6, Width: 384, Context: 256, Batch: 8, Vocabulary: 65, Steps: 8);

    private int Warmup => Math.Max(2, Steps / 3);

    internal IEnumerable<string> ForSweeps(int threads) =>
    [
        $"threads={threads}", $"warmup={Warmup}", $"measured={Steps}", $"layers={Layers}", $"attention_heads={AttentionHeads}", $"width={Width}",
        $"context={Context}", $"batch_size={Batch}", $"vocabulary={Vocabulary}",
    ];

    internal IEnumerable<string> ForPyTorch(int threads) =>
    [
        "--threads", $"{threads}", "--warmup", $"{Warmup}", "--steps", $"{Steps}", "--layers", $"{Layers}", "--heads", $"{AttentionHeads}", "--width", $"{Width}",
        "--context", $"{Context}", "--batch", $"{Batch}", "--vocabulary", $"{Vocabulary}",
    ];

    public override string ToString() => $"B{Batch} T{Context} L{Layers} H{AttentionHeads} C{Width} V{Vocabulary}";
}
