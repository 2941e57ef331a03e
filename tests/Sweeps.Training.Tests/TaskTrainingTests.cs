using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class TaskTrainingTests : IDisposable
{
    private static readonly TrainingOptions Addition = new()
    {
        Data = "addition", Digits = 2, Reversed = true, Layers = 2, AttentionHeads = 4, Width = 64, Context = 6, BatchSize = 64, Steps = 500, DecaySteps = 500,
        WarmupSteps = 30, LearningRate = 3e-3, MinLearningRate = 3e-4, Beta2 = 0.98, EvalEvery = 250, EvalBatches = 10, LogEvery = 500, CheckpointEvery = 0,
    };

    private static readonly TrainingOptions Short = Addition with { Width = 16, Layers = 1, BatchSize = 8, Steps = 20, DecaySteps = 20, WarmupSteps = 2, EvalEvery = 10, EvalBatches = 2 };

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-task-");

    public void Dispose() => directory.Delete(recursive: true);

    // The full gate is experiments/addition.yaml; this model is wider and its learning rate higher, so that 500 steps are enough.
    [Fact]
    public void A_small_model_learns_to_add_numbers_that_it_has_never_seen_added()
    {
        var points = Train(Addition, 500);
        var accuracy = points.Where(p => p.Metric == "val_accuracy").ToDictionary(p => p.Step, p => p.Value);
        Assert.Equal([0, 250, 500], accuracy.Keys.Order());
        Assert.InRange(accuracy[0], 0, 0.03);
        Assert.InRange(accuracy[500], 0.7, 1);
    }

    [Fact]
    public void The_accuracy_is_the_share_of_sums_that_greedy_decoding_gets_right()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        // Far enough to be right about some sums, and to be wrong about others.
        using var trainer = new Trainer(Addition, ".");
        using (enable_grad())
        {
            while (trainer.Step < 250) trainer.TrainStep(wantLosses: false);
        }
        var accuracy = trainer.Evaluate().Accuracy!.Value;
        Assert.InRange(accuracy, 0.02, 0.98);

        using var data = DataSets.Open(Addition, ".", futures: 1);
        var (right, asked) = (0, 0);
        for (var i = 0; i < Addition.EvalBatches; i++)
        {
            using var batch = data.Validation(i, Addition.EvalBatches);
            var written = batch.Tokens.narrow(1, 0, 4).contiguous();
            for (var digit = 0; digit < 3; digit++)
                written = cat([written, trainer.Model.call(written).select(1, -1).argmax(1, keepdim: true)], 1);
            var sums = written.narrow(1, 4, 3).reshape(-1).data<long>().ToArray();
            for (var b = 0; b < batch.Sequences; b++, asked++)
                if (Enumerable.Range(0, 3).All(digit => sums[b * 3 + digit] == batch.NextToken(b, 3 + digit))) right++;
        }
        Assert.Equal((double)right / asked, accuracy);
    }

    [Theory]
    [InlineData("addition", 6)]
    [InlineData("polynomial", 40)]
    [InlineData("induction", 32)]
    public void A_task_is_learned_from_the_same_examples_when_it_is_continued(string task, int context)
    {
        var options = Short with { Data = task, Context = context };
        var whole = Train(options, 20);
        var checkpoint = "";
        using (var first = new Trainer(options, ".")) first.Run(10, directory.FullName, _ => { }, notice => checkpoint = notice.Path, CancellationToken.None);
        Assert.Equal(whole.Where(p => p.Step > 10), Train(options, 20, checkpoint));
        Assert.Contains(whole, p => p.Metric == "val_accuracy");
        Assert.DoesNotContain(whole, p => p.Metric == "ood_accuracy");
    }

    [Theory]
    [InlineData(HeadKind.Shared)]
    [InlineData(HeadKind.Parallel)]
    public void Extra_heads_are_trained_on_answers_too(HeadKind kind)
    {
        var points = Train(Short with { Heads = 3, HeadKind = kind }, 20);
        var losses = points.Where(p => p.Metric == "val_loss").Select(p => p.Value).ToArray();
        Assert.True(losses[^1] < losses[0]);
    }

    [Fact]
    public void Harder_expressions_than_those_of_training_are_reported_apart()
    {
        var points = Train(Short with { Data = "polynomial", Operations = 2, OodOperations = 4, Context = 34 }, 20);
        Assert.Equal([0, 10, 20], points.Where(p => p.Metric == "ood_accuracy").Select(p => p.Step));
        Assert.Equal([0, 10, 20], points.Where(p => p.Metric == "val_accuracy").Select(p => p.Step));
    }

    [Fact]
    public void A_text_has_no_answers_and_no_accuracy() =>
        Assert.DoesNotContain(Train(Short with { Data = "grammar", Context = 16 }, 10), p => p.Metric.EndsWith("accuracy", StringComparison.Ordinal));

    // The points that do not depend on the machine's speed.
    private MetricPoint[] Train(TrainingOptions options, int toStep, string? from = null)
    {
        var points = new List<MetricPoint>();
        using var trainer = new Trainer(options, ".", from);
        Assert.True(trainer.Run(toStep, directory.FullName, points.Add, _ => { }, CancellationToken.None));
        return [.. points.Where(p => p.Metric is not ("tokens_per_second" or "model_tflops" or "peak_memory_mib")).Select(p => p with { Seconds = 0 })];
    }
}
