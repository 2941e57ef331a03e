using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class PresetTests : IDisposable
{
    private const int Vocabulary = 11;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-preset-");

    public static TheoryData<string> Variants => ModelVariants.Names;

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(TimeWeighting.Off, 9_590_272)]
    [InlineData(TimeWeighting.Full, 9_983_488)]
    [InlineData(TimeWeighting.Circulant, 9_596_416)]
    public void Parameter_counts_are_those_of_minGPT_tuned(TimeWeighting weighting, long expected)
    {
        var options = TrainingOptions.OfPreset("mingpt") with { Layers = 3, AttentionHeads = 8, Width = 512, Context = 128, TimeWeighting = weighting };
        using var model = new Gpt(options, 65);
        Assert.Equal(expected, model.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData("mingpt", 1)]
    [InlineData("mingpt", 2)]
    [InlineData("nanogpt", 3)]
    public void The_first_loss_is_that_of_guessing_among_65_symbols(string preset, int seed)
    {
        var options = TrainingOptions.OfPreset(preset) with { Seed = seed };
        using var model = new Gpt(options, 65);
        model.eval();
        using var batch = TestBatches.Random(options, vocabulary: 65);
        Assert.InRange(FutureTokenLoss.NextToken(model, batch).item<float>(), 4.15f, 4.35f);
    }

    [Fact]
    public void The_modern_models_first_loss_is_exactly_that_of_guessing()
    {
        var options = TrainingOptions.OfPreset("modern");
        using var model = new Gpt(options, 65);
        using var batch = TestBatches.Random(options, vocabulary: 65);
        Assert.Equal(Math.Log(65), FutureTokenLoss.NextToken(model, batch).item<float>(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Changing_a_token_leaves_the_logits_before_it_bit_equal(string name)
    {
        using var model = ModelVariants.Moved(ModelVariants.Small(name), Vocabulary);
        using var off = no_grad();
        const int Changed = 5;
        long[] tokens = [1, 2, 3, 4, 5, 6, 7, 8];
        var before = model.call(tensor(tokens, [1, 8]));
        tokens[Changed] = 9;
        var after = model.call(tensor(tokens, [1, 8]));
        Assert.Equal(Values(before.narrow(1, 0, Changed)), Values(after.narrow(1, 0, Changed)));
        for (var t = Changed; t < 8; t++) Assert.NotEqual(Values(before.select(1, t)), Values(after.select(1, t)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_shorter_context_sees_the_same_as_the_beginning_of_a_longer_one(string name)
    {
        using var model = ModelVariants.Moved(ModelVariants.Small(name), Vocabulary);
        using var off = no_grad();
        var whole = model.call(tensor([1L, 2, 3, 4, 5, 6, 7, 8], [1, 8]));
        for (var t = 1; t < 8; t++)
        {
            var part = Values(model.call(tensor(Enumerable.Range(1, t).Select(i => (long)i).ToArray(), [1, t])));
            Assert.Equal(Values(whole.narrow(1, 0, t)), part, (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gradients_reach_every_parameter(string name)
    {
        var options = ModelVariants.Small(name);
        using var model = ModelVariants.Moved(options, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary);
        FutureTokenLoss.Backward(model, batch, options, [1]);
        Assert.All(model.named_parameters(), p => Assert.Contains(Values(p.parameter.grad!), g => g != 0));
    }

    [Theory]
    [InlineData("modern", HeadKind.Shared)]
    [InlineData("modern", HeadKind.Parallel)]
    [InlineData("modern", HeadKind.Causal)]
    [InlineData("modern", HeadKind.Linear)]
    [InlineData("modern", HeadKind.Replicated)]
    [InlineData("modern", HeadKind.Deepseek)]
    [InlineData("mingpt", HeadKind.Shared)]
    [InlineData("mingpt", HeadKind.Parallel)]
    [InlineData("mingpt", HeadKind.Anticausal)]
    [InlineData("modern, tuned", HeadKind.Parallel)]
    [InlineData("time weights", HeadKind.Deepseek)]
    public void Sequential_gradients_equal_those_of_the_naive_sum(string name, HeadKind kind)
    {
        set_default_dtype(float64);
        try
        {
            var options = ModelVariants.Small(name) with { HeadKind = kind, Heads = 3 };
            double[] w = [1, 0.5, 0.25];
            using var model = ModelVariants.Moved(options, Vocabulary);
            using var batch = TestBatches.Random(options, Vocabulary);
            var (naive, _) = FutureTokenLoss.Backward(model, batch, options with { Backward = BackwardMode.Naive }, w);
            var reference = Gradients();
            var (sequential, _) = FutureTokenLoss.Backward(model, batch, options, w);
            Assert.Equal(naive.item<double>(), sequential.item<double>(), 1e-10);
            var gradients = Gradients();
            Assert.Equal(model.named_parameters().Select(p => p.name), gradients.Keys);
            Assert.Equal(reference.Keys, gradients.Keys);
            foreach (var (parameter, values) in reference) Assert.Equal(values, gradients[parameter], (a, b) => Math.Abs(a - b) < 1e-10);

            // Reads the gradients and clears them.
            Dictionary<string, double[]> Gradients() => model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p =>
            {
                var values = p.parameter.grad!.data<double>().ToArray();
                p.parameter.grad = null;
                return values;
            });
        }
        finally
        {
            set_default_dtype(float32);
        }
    }

    [Fact]
    public void A_soft_cap_is_a_sigmoid_of_the_logits()
    {
        var options = ModelVariants.Small("nanogpt");
        using var plain = ModelVariants.Moved(options, Vocabulary);
        using var capped = ModelVariants.Moved(options with { LogitSoftcap = 5, LogitSoftcapScale = 0.8 }, Vocabulary);
        using var batch = TestBatches.Random(options, Vocabulary);
        var z = Values(plain.call(batch.Tokens));
        Assert.Contains(z, x => Math.Abs(x) > 1);
        Assert.Equal(z.Select(x => (float)(5 / (1 + Math.Exp(-x / 0.8)))), Values(capped.call(batch.Tokens)), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void An_output_head_of_its_own_has_weights_of_its_own()
    {
        var options = ModelVariants.Small("untied");
        using var tied = new Gpt(options with { Tied = true }, Vocabulary);
        using var untied = new Gpt(options, Vocabulary);
        Assert.True(tied.IsTied);
        Assert.False(untied.IsTied);
        Assert.Equal(Vocabulary * options.Width, untied.parameters().Sum(p => p.numel()) - tied.parameters().Sum(p => p.numel()));
        Assert.NotEqual(Values(untied.Output), Values(untied.Embedding));
        Assert.InRange(Values(untied.Embedding).Select(x => x * x).Average(), 0.015 * 0.015, 0.025 * 0.025);
        Assert.Throws<InvalidOperationException>(() => untied.Untie());
    }

    [Fact]
    public void Projections_that_begin_at_zero_leave_the_other_weights_as_they_were()
    {
        var options = ModelVariants.Small("nanogpt");
        using var plain = new Gpt(options, Vocabulary);
        using var zero = new Gpt(options with { ZeroInitProjections = true }, Vocabulary);
        foreach (var (a, b) in plain.named_parameters().Zip(zero.named_parameters()))
        {
            Assert.Equal(a.name, b.name);
            if (a.name.Contains("projection") || a.name.Contains("down")) Assert.All(Values(b.parameter), x => Assert.Equal(0, x));
            else Assert.Equal(Values(a.parameter), Values(b.parameter));
        }
        // An output head can begin at zero only where it is not the embedding.
        Assert.Contains(Values(zero.Output), x => x != 0);
        using var untied = new Gpt(options with { ZeroInitProjections = true, Tied = false }, Vocabulary);
        Assert.All(Values(untied.Output), x => Assert.Equal(0, x));
        Assert.Contains(Values(untied.Embedding), x => x != 0);
    }

    [Theory]
    [InlineData("nanogpt")]
    [InlineData("modern")]
    [InlineData("mingpt")]
    public void Every_preset_learns(string preset)
    {
        var losses = Train(OnGrammar(preset) with { Steps = 80, DecaySteps = 80, EvalEvery = 80 }, 80, from: null).Points.Where(p => p.Metric == "val_loss").Select(p => p.Value).ToArray();
        Assert.Equal(2, losses.Length);
        Assert.InRange(losses[0], 3.3, 3.9);
        Assert.InRange(losses[1], 0.5, losses[0] - 1);
    }

    [Theory]
    [InlineData("modern", TimeWeighting.Off)]
    [InlineData("mingpt", TimeWeighting.Full)]
    [InlineData("modern", TimeWeighting.Circulant)]
    public void A_run_continued_from_a_checkpoint_is_the_undisturbed_run_bit_for_bit(string preset, TimeWeighting weighting)
    {
        var options = OnGrammar(preset) with { Dropout = 0.1, TimeWeighting = weighting, TimeMixing = true };
        var whole = Train(options, 20, from: null);
        var first = Train(options, 9, from: null);
        var second = Train(options, 20, first.Checkpoint);
        Assert.Equal(whole.Points, first.Points.Concat(second.Points));
        Assert.Equal(Weights(whole.Checkpoint), Weights(second.Checkpoint));
    }

    [Fact]
    public void Time_weights_do_not_decay()
    {
        // A decay of 100 takes a tenth of a weight at each step; Adam alone moves it by about the learning rate.
        var options = OnGrammar("mingpt") with
        {
            TimeWeighting = TimeWeighting.Full, WeightDecay = 100, LearningRate = 1e-3, MinLearningRate = 1e-3, WarmupSteps = 0,
        };
        using var trainer = new Trainer(options, ".");
        var before = trainer.Model.named_parameters().ToDictionary(p => p.name, p => Values(p.parameter));
        for (var i = 0; i < 5; i++) trainer.TrainStep();
        foreach (var (name, parameter) in trainer.Model.named_parameters())
        {
            if (name.Contains("timeWeights")) Assert.All(Values(parameter), w => Assert.InRange(w, 0.99f, 1.01f));
            else if (parameter.dim() == 2) Assert.True(Length(Values(parameter)) < 0.8 * Length(before[name]), name);
        }
        Assert.Contains(before.Keys, name => name.Contains("timeWeights"));

        static double Length(float[] values) => Math.Sqrt(values.Sum(x => (double)x * x));
    }

    private static TrainingOptions OnGrammar(string preset) => TrainingOptions.OfPreset(preset) with
    {
        Layers = 2, AttentionHeads = 2, Width = 32, Context = 32, BatchSize = 8, Data = "grammar", LearningRate = 3e-3, MinLearningRate = 1e-3, Steps = 20, DecaySteps = 20,
        WarmupSteps = 4, EvalEvery = 10, EvalBatches = 2, LogEvery = 5, CheckpointEvery = 0, Dropout = 0,
    };

    // Trains and returns the points that must not depend on the machine's speed.
    private (MetricPoint[] Points, string Checkpoint) Train(TrainingOptions options, int toStep, string? from)
    {
        var points = new List<MetricPoint>();
        var checkpoint = "";
        var folder = directory.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
        using var trainer = new Trainer(options, ".", from);
        Assert.True(trainer.Run(toStep, folder, points.Add, notice => checkpoint = notice.Path, CancellationToken.None));
        return ([.. points.Where(p => p.Metric is not ("tokens_per_second" or "model_tflops" or "peak_memory_mib")).Select(p => p with { Seconds = 0 })], checkpoint);
    }

    private static Dictionary<string, string> Weights(string path)
    {
        var (tensors, _) = Safetensors.Read(path);
        return tensors.ToDictionary(t => t.Key, t => Convert.ToHexString(t.Value.bytes));
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
