using Sweeps.Core.Gpt;

namespace Sweeps.Training.Tests;

public sealed class ModelFlopsTests
{
    // nanoGPT's transformer_sizing.ipynb gives 875,062,886,400 for a sequence of 1024 tokens through GPT-2 124M (no bias, positions not counted).
    [Fact]
    public void GPT2_124M_needs_what_nanoGPT_computes_for_it() =>
        Assert.Equal(875_062_886_400.0, 1024 * ModelFlops.PerToken(123_551_232, layers: 12, attentionHeads: 12, headWidth: 64, context: 1024));

    // PaLM 540B (appendix B, table 21's model): 118 layers, 48 heads of 256, context 2048: attention adds 12*118*48*256*2048 to 6*540.35e9.
    [Fact]
    public void The_parameters_of_PaLM_are_most_of_its_operations() =>
        Assert.Equal(6 * 540.35e9 + 35_634_806_784, ModelFlops.PerToken(540_350_000_000, 118, 48, 256, 2048), 1);

    [Fact]
    public void Learned_positions_are_looked_up_and_the_tied_table_counts_once()
    {
        var options = new TrainingOptions();
        using var model = new Gpt(options, 65);
        Assert.Equal(6.0 * 795_904 + 12 * 4 * 4 * 32 * 64, ModelFlops.PerToken(model, options));
        Assert.Equal(6.0 * 795_904 + 12 * 4 * 4 * 32 * 16, ModelFlops.PerToken(model, options, context: 16));
        Assert.Equal(Of(options, 65), Of(options with { Tied = false }, 65));
        Assert.Equal(Of(options, 65), Of(options with { TimeWeighting = TimeWeighting.Full }, 65));
    }

    [Fact]
    public void Further_heads_cost_their_layers_and_their_use_of_the_unembedding()
    {
        var options = new TrainingOptions { Layers = 3, AttentionHeads = 2, Width = 16, Context = 8 };
        var (plain, table, layer) = (Of(options, 11), 6.0 * 11 * 16, 6.0 * (12 * 16 * 16 + 2 * 16) + 12.0 * 16 * 8);
        Assert.Equal(plain, Of(options with { Heads = 4 }, 11));
        Assert.Equal(plain + 3 * (table + layer), Of(options with { Heads = 4, HeadKind = HeadKind.Parallel }, 11));
        Assert.Equal(plain + 2 * table, Of(options with { Heads = 3, HeadKind = HeadKind.Parallel, MatchParameters = true }, 11));
        Assert.Equal(plain + 3 * table, Of(options with { Heads = 4, HeadKind = HeadKind.Replicated }, 11));
        Assert.Equal(Of(options with { Heads = 4, HeadKind = HeadKind.Deepseek }, 11), Of(options with { Heads = 4, HeadKind = HeadKind.Deepseek, SharedModule = true }, 11));
    }

    [Theory]
    [InlineData("NVIDIA H200", 989.0)]
    [InlineData("NVIDIA H100 80GB HBM3", 989.0)]
    [InlineData("NVIDIA H100 PCIe", 756.0)]
    [InlineData("NVIDIA A100-SXM4-40GB", 312.0)]
    [InlineData("NVIDIA A100 80GB PCIe", 312.0)]
    [InlineData("NVIDIA A10", 125.0)]
    [InlineData("Tesla V100-SXM2-16GB", 125.0)]
    [InlineData("Tesla V100-PCIE-32GB", 112.0)]
    [InlineData("NVIDIA GeForce RTX 4090", 165.2)]
    [InlineData("NVIDIA L40S", 362.0)]
    [InlineData("NVIDIA GeForce RTX 4090 Laptop GPU", null)]
    [InlineData("NVIDIA A10G", null)]
    [InlineData("NVIDIA L40", null)]
    [InlineData("some other board", null)]
    [InlineData(null, null)]
    public void A_peak_is_known_by_the_GPUs_name_and_never_guessed(string? name, double? peak) => Assert.Equal(peak, ModelFlops.PeakTflops(name));

    private static double Of(TrainingOptions options, int vocabulary)
    {
        using var model = new Gpt(options, vocabulary);
        return ModelFlops.PerToken(model, options);
    }
}
