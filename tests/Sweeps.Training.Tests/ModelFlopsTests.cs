using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;

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
        Assert.Equal(6.0 * 795_904 + 12 * 4 * 4 * 32 * 64, Of(options, 65));
        Assert.Equal(6.0 * 795_904 + 12 * 4 * 4 * 32 * 16, new ModelFlops(options, 65).PerToken([1], context: 16));
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

    [Fact]
    public void The_formula_counts_the_weights_that_the_model_has()
    {
        foreach (var name in ModelVariants.Names)
        {
            foreach (var kind in Enum.GetValues<HeadKind>())
            {
                foreach (var heads in new[] { 1, 3 })
                {
                    var options = ModelVariants.Small(name) with { Heads = heads, HeadKind = kind };
                    Assert.Equal((name, kind, heads, Counted(options, 11)), (name, kind, heads, Of(options, 11)));
                    if (kind is HeadKind.Parallel or HeadKind.Causal or HeadKind.Anticausal) Assert.Equal(Counted(options with { MatchParameters = true }, 11), Of(options with { MatchParameters = true }, 11));
                    if (kind is HeadKind.Deepseek) Assert.Equal(Counted(options with { SharedModule = true }, 11), Of(options with { SharedModule = true }, 11));
                }
            }
        }
    }

    [Fact]
    public void Heads_whose_loss_weighs_nothing_cost_nothing_unless_others_stand_on_them()
    {
        var options = new TrainingOptions { Layers = 3, AttentionHeads = 2, Width = 16, Context = 8, Heads = 4 };
        double Weighted(HeadKind kind, params double[] weights) => new ModelFlops(options with { HeadKind = kind }, 11).PerToken(weights, 8);
        double Heads(HeadKind kind, int heads) => Of(options with { HeadKind = kind, Heads = heads }, 11);
        foreach (var kind in new[] { HeadKind.Parallel, HeadKind.Causal, HeadKind.Linear, HeadKind.Replicated, HeadKind.Deepseek })
        {
            Assert.Equal(Heads(kind, 1), Weighted(kind, 1));
            Assert.Equal(Heads(kind, 1), Weighted(kind, 1, 0, 0, 0));
            Assert.Equal(Heads(kind, 3), Weighted(kind, 1, 0.5, 0.25));
        }
        Assert.Equal(Heads(HeadKind.Parallel, 2), Weighted(HeadKind.Parallel, 1, 0, 0.5));
        // The second head of a chain is computed for the third, without logits of its own.
        Assert.Equal(Heads(HeadKind.Causal, 3) - 6.0 * 11 * 16, Weighted(HeadKind.Causal, 1, 0, 0.5));
        Assert.Equal(Heads(HeadKind.Anticausal, 4) - 3 * 6.0 * 11 * 16, Weighted(HeadKind.Anticausal, 1));
        Assert.Equal(Heads(HeadKind.Shared, 1), Weighted(HeadKind.Shared, 1, 1, 1));
    }

    [Fact]
    public void The_operations_of_a_run_are_those_of_its_steps()
    {
        var options = new TrainingOptions
        {
            Layers = 2, AttentionHeads = 2, Width = 16, Heads = 2, HeadKind = HeadKind.Parallel, Steps = 100,
            LossWeights = LossWeightSchedule.Parse("[1, 0.5] -> [1]"), BatchSizeSchedule = WholeSchedule.Constant(3), ContextSchedule = WholeSchedule.Constant(8),
        };
        var flops = new ModelFlops(options, 11);
        var (both, one) = (24 * flops.PerToken([1, 1], 8), 24 * flops.PerToken([1], 8));
        Assert.Equal(0, flops.UpTo(0));
        Assert.Equal(40 * both, flops.UpTo(40), 1e-3);
        Assert.Equal(50 * both + 50 * one, flops.UpTo(100), 1e-3);
        Assert.Equal(50 * both + 10 * one, flops.UpTo(60), 1e-3);
    }

    [Fact]
    public void A_run_tells_its_operations_with_every_validation()
    {
        var options = new TrainingOptions
        {
            Data = "grammar", Layers = 1, AttentionHeads = 2, Width = 16, Context = 8, BatchSize = 2, Steps = 6, DecaySteps = 6, WarmupSteps = 1, EvalEvery = 3, EvalBatches = 1, CheckpointEvery = 0,
        };
        var directory = Directory.CreateTempSubdirectory("flops ");
        try
        {
            using var trainer = new Trainer(options, directory.FullName);
            var points = new List<Core.Protocol.MetricPoint>();
            trainer.Run(6, directory.FullName, points.Add, _ => { }, TestContext.Current.CancellationToken);
            var perStep = 16 * new ModelFlops(options, trainer.Model.Vocabulary).PerToken();
            Assert.Equal([(0, 0), (3, 3 * perStep), (6, 6 * perStep)], points.Where(point => point.Metric == ModelFlops.Metric).Select(point => ((int)point.Step, point.Value)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
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
    public void A_peak_is_known_by_the_GPUs_name_and_never_guessed(string? name, double? peak) => Assert.Equal(peak, GpuPeak.Tflops(name));

    private static double Of(TrainingOptions options, int vocabulary) => new ModelFlops(options, vocabulary).PerToken();

    /// <summary>The same from the tensors of a model.</summary>
    private static double Counted(TrainingOptions options, int vocabulary)
    {
        using var model = new Gpt(options, vocabulary);
        var further = options.Heads - 1;
        long Count(Func<string, bool> counts) => model.named_parameters().Where(pair => counts(pair.name) && !pair.name.Contains("timeWeights.", StringComparison.Ordinal))
            .Sum(pair => pair.parameter.numel());
        var N = Count(name => name is not ("positions" or "embedding"));
        // Replicated heads have tables of their own, shared ones no logits of their own.
        if (options.HeadKind is not (HeadKind.Shared or HeadKind.Replicated)) N += further * model.Output.numel();
        if (options.SharedModule && further > 1) N += (further - 1) * Count(name => name.StartsWith("modules.", StringComparison.Ordinal));
        var layers = model.named_parameters().Count(pair => pair.name.EndsWith("qkv.weight", StringComparison.Ordinal)) + (options.SharedModule ? Math.Max(0, further - 1) : 0);
        return ModelFlops.PerToken(N, layers, options.AttentionHeads, options.Width / options.AttentionHeads, options.Context);
    }
}
