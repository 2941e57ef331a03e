using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Core.Schedules;
using Sweeps.Core.Stages;
using Sweeps.Training.Checkpoints;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

/// <summary>What the stage tree takes for the same, the trainer trains the same.</summary>
public sealed class StageTests : IDisposable
{
    private static readonly TrainingOptions Tiny = new()
    {
        Layers = 1, AttentionHeads = 2, Width = 16, Context = 16, BatchSize = 4, Data = "grammar", Dropout = 0.1, Heads = 2, Steps = 24,
        WarmupSteps = 4, DecaySteps = 40, WarmupTokens = 200, EvalEvery = 10, EvalBatches = 1, LogEvery = 1, CheckpointEvery = 0,
    };

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-stages-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Runs_along_the_stage_tree_are_those_trained_alone_to_the_last_bit(int sweep)
    {
        var runs = Sweep(new Random(sweep));
        var tree = StageTree.Of([.. runs.Select(RunTimeline.Of)]);
        // A sweep that shares nothing would show nothing.
        Assert.InRange(tree.Steps, 1, runs.Sum(run => run.Steps) - 1);
        var trained = new List<(IReadOnlyList<string> Points, CheckpointNotice End)>();
        foreach (var stage in tree.Stages)
        {
            var from = stage.Parent is { } parent ? trained[parent].End.Path : null;
            trained.Add(Train(runs[stage.Run], stage.ToStep, from, $"stage-{stage.Index}"));
        }
        for (var run = 0; run < runs.Length; run++)
        {
            var (points, end) = Train(runs[run], runs[run].Steps, null, $"run-{run}");
            Assert.Equal(points, tree.Paths[run].SelectMany(stage => trained[stage].Points));
            Assert.Equal(Tensors(end.Path), Tensors(trained[tree.Paths[run][^1]].End.Path));
            Assert.Equal(runs[run].Steps, Checkpoint.Describe(trained[tree.Paths[run][^1]].End.Path).Options.Steps);
        }
    }

    // Four runs that differ in two of the timed parts.
    private static TrainingOptions[] Sweep(Random random)
    {
        Func<TrainingOptions, TrainingOptions>[][] parts =
        [
            [o => o with { UntieAtStep = 8 }, o => o with { UntieAtStep = 16 }],
            [o => o with { LossWeights = LossWeightSchedule.Parse("[1, 0.5]") }, o => o with { LossWeights = LossWeightSchedule.Parse("[1, 0.5] @ 1/4 -> [1, 0.5->0] -> [1]") }],
            [o => o with { Steps = 18 }, o => o with { Steps = 24 }],
            [o => o with { MinLearningRate = 1e-4 }, o => o with { MinLearningRate = 5e-4 }],
            [o => o with { BatchSizeSchedule = WholeSchedule.Parse("2 @ 1/3 -> 4") }, o => o with { BatchSizeSchedule = WholeSchedule.Parse("2 -> 4") }],
            [o => o with { ContextSchedule = WholeSchedule.Parse("8 @ 1/3 -> 16") }, o => o with { ContextSchedule = WholeSchedule.Parse("8 @ 1/4 -> 16") }],
        ];
        random.Shuffle(parts);
        var common = Tiny with
        {
            Seed = random.Next(1, 100),
            Optimizer = random.Next(2) == 0 ? OptimizerKind.Adamw : OptimizerKind.Muon,
            AdamEvery = random.Next(1, 3),
            HeadKind = random.Next(2) == 0 ? HeadKind.Shared : HeadKind.Parallel,
            LearningRateSchedule = (LearningRateShape)random.Next(3),
        };
        return [.. from one in parts[0] from other in parts[1] select other(one(common))];
    }

    private (IReadOnlyList<string> Points, CheckpointNotice End) Train(TrainingOptions options, int toStep, string? from, string name)
    {
        var points = new List<string>();
        CheckpointNotice? end = null;
        using var trainer = new Trainer(options, ".", from);
        Assert.True(trainer.Run(toStep, Path.Combine(directory.FullName, name), Add, notice => end = notice, CancellationToken.None));
        return (points, end!);

        void Add(MetricPoint point)
        {
            // The others, speed and memory, are those of the machine.
            if (point.Metric is "train_loss" or "objective" or "gradient_norm" or "learning_rate" or "val_loss") points.Add(FormattableString.Invariant($"{point.Metric} {point.Step}: {point.Value:R} at {point.Tokens}"));
        }
    }

    private static Dictionary<string, string> Tensors(string checkpoint)
    {
        var (tensors, _) = Safetensors.Read(checkpoint, _ => true);
        var hashes = tensors.ToDictionary(pair => pair.Key, pair => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(pair.Value.bytes.ToArray())));
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return hashes;
    }
}
