using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;
using Sweeps.Core.Search;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class AccumulationTests : IDisposable
{
    private const int B = 6, T = 7, V = 11;

    private static readonly TrainingOptions Small = new() { Layers = 2, AttentionHeads = 2, Width = 16, Context = T, BatchSize = B };

    public AccumulationTests() => set_default_dtype(float64);

    public void Dispose() => set_default_dtype(float32);

    public static TheoryData<HeadKind, BackwardMode, int, bool, DocumentBoundary> Cases
    {
        get
        {
            var cases = new TheoryData<HeadKind, BackwardMode, int, bool, DocumentBoundary>();
            foreach (var kind in new[] { HeadKind.Shared, HeadKind.Parallel, HeadKind.Causal, HeadKind.Deepseek })
            {
                foreach (var masked in new[] { false, true })
                {
                    cases.Add(kind, BackwardMode.Sequential, 3, masked, DocumentBoundary.Cross);
                    cases.Add(kind, BackwardMode.Sequential, 3, masked, DocumentBoundary.Stop);
                }
            }
            cases.Add(HeadKind.Shared, BackwardMode.Sequential, 1, false, DocumentBoundary.Cross);
            cases.Add(HeadKind.Shared, BackwardMode.Sequential, 1, true, DocumentBoundary.Cross);
            cases.Add(HeadKind.Shared, BackwardMode.Naive, 3, true, DocumentBoundary.Cross);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_parts_losses_and_gradients_sum_to_those_of_the_whole_batch(HeadKind kind, BackwardMode backward, int heads, bool masked, DocumentBoundary boundary)
    {
        using var scope = NewDisposeScope();
        var options = Small with { HeadKind = kind, Backward = backward, Heads = heads, DocumentBoundary = boundary };
        var whole = Run(1);
        foreach (var parts in new[] { 2, 3, 6 })
        {
            var divided = Run(parts);
            Assert.Equal(whole.Losses[0], divided.Losses[0], 1e-12);
            Assert.Equal(whole.Losses[1], divided.Losses[1], 1e-12);
            Assert.Equal(whole.Gradients, divided.Gradients, (a, b) => Math.Abs(a - b) < 1e-12);
        }

        (double[] Losses, double[] Gradients) Run(int parts)
        {
            // The same weights every time, and no gradients yet.
            using var model = new Gpt(options, V);
            using var batch = Random(heads, masked);
            var losses = new double[2];
            foreach (var part in batch.Split(parts))
            {
                var (objective, next) = FutureTokenLoss.Backward(model, part, options, [1, 0.5, 0.25]);
                losses[0] += objective.item<double>();
                losses[1] += next.item<double>();
            }
            return (losses, [.. model.parameters().SelectMany(p => p.grad!.reshape(-1).data<double>().ToArray())]);
        }
    }

    // Parts of a batch with as many trained targets would not show whose number the mean is taken over.
    [Fact]
    public void Masked_parts_have_different_numbers_of_targets()
    {
        using var batch = Random(3, masked: true);
        Assert.True(batch.Split(3).Select(part => part.TrainedTargets(0)!.Count(t => t)).Distinct().Count() > 1);
        Assert.Single(batch.Split(3).Select(part => part.TargetCount(0)).Distinct());
    }

    [Fact]
    public void Parts_are_the_rows_in_order()
    {
        using var batch = Random(2, masked: true);
        var parts = batch.Split(3).ToArray();
        Assert.Equal(batch.Tokens.data<long>().ToArray(), parts.SelectMany(part => part.Tokens.data<long>().ToArray()));
        Assert.Equal(batch.Target(1).data<long>().ToArray(), parts.SelectMany(part => part.Target(1).data<long>().ToArray()));
        Assert.Equal(batch.Trained, parts.SelectMany(part => part.Trained!));
        Assert.Same(batch, Assert.Single(batch.Split(1)));
        Assert.Throws<ArgumentException>(() => batch.Split(4));
    }

    [Theory]
    [InlineData("grammar", 32, 1)]
    [InlineData("grammar", 32, 2)]
    [InlineData("addition", 6, 1)]
    public void Accumulated_training_is_the_undivided_training_with_clipping_too(string data, int context, int adamEvery)
    {
        var options = new TrainingOptions
        {
            Layers = 1, AttentionHeads = 2, Width = 16, Context = context, BatchSize = 8, Data = data, Heads = 2, LossWeights = LossWeightSchedule.Parse("[1, 0.5]"),
            GradientClip = 0.1, AdamEvery = adamEvery, Steps = 10, DecaySteps = 10, WarmupSteps = 2,
        };
        using var whole = new Trainer(options, ".");
        using var divided = new Trainer(options with { Accumulation = 4 }, ".");
        for (var step = 0; step < 10; step++)
        {
            var (a, b) = (whole.TrainStep(), divided.TrainStep());
            Assert.True(a.GradientNorm > 0.1, "clipping has nothing to do");
            Assert.Equal(a.Objective, b.Objective, 1e-9);
            Assert.Equal(a.NextToken, b.NextToken, 1e-9);
            Assert.Equal(a.GradientNorm, b.GradientNorm, 1e-9);
        }
        foreach (var (a, b) in whole.Model.parameters().Zip(divided.Model.parameters()))
            Assert.Equal(a.data<double>().ToArray(), b.data<double>().ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Theory]
    [InlineData("grammar", 32)]
    [InlineData("addition", 6)]
    public void Validation_in_parts_is_the_undivided_validation(string data, int context)
    {
        var options = new TrainingOptions { Layers = 1, AttentionHeads = 2, Width = 16, Context = context, BatchSize = 8, Data = data, EvalBatches = 3 };
        using var whole = new Trainer(options, ".");
        using var divided = new Trainer(options, ".", validationParts: 4);
        var (a, b) = (whole.Evaluate(), divided.Evaluate());
        Assert.Equal(a.Loss, b.Loss, 1e-12);
        Assert.Equal(a.Accuracy, b.Accuracy);
        Assert.Equal(data == "addition", a.Accuracy is not null);
    }

    private static Batch Random(int heads, bool masked)
    {
        var random = new SplitMix64(5);
        var tokens = new long[B * (T + heads)];
        var mask = new bool[tokens.Length];
        for (var i = 0; i < tokens.Length; i++) (tokens[i], mask[i]) = (random.Below(V), random.Below(2) == 0);
        return new Batch(tokens, B, T, heads, documentEnd: 0) { Trained = masked ? mask : null };
    }
}
