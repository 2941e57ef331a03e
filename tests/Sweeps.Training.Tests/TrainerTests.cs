using System.Text.Json;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Core.Schedules;
using Sweeps.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Layers = 2, AttentionHeads = 2, Width = 32, Context = 32, BatchSize = 4, Data = "grammar", Steps = 40, DecaySteps = 40, WarmupSteps = 4,
        EvalEvery = 10, EvalBatches = 2, LogEvery = 5, CheckpointEvery = 0,
    };

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-training-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(HeadKind.Shared)]
    [InlineData(HeadKind.Parallel)]
    public void A_run_continued_from_any_checkpoint_is_the_undisturbed_run_bit_for_bit(HeadKind kind)
    {
        // Dropout uses the random state, untying at 20 changes the layout, the schedule's weights change: all of it must survive.
        var options = Small with
        {
            Heads = 3, HeadKind = kind, Dropout = 0.1, UntieAtStep = 20, LossWeights = LossWeightSchedule.Parse("[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]"),
        };
        var (whole, wholeHash) = Train(options, toStep: 40, from: null, "whole");
        foreach (var cut in new[] { 7, 20, 25 })
        {
            var (first, checkpoint) = Train(options, cut, from: null, $"first-{cut}");
            var (second, hash) = Train(options, 40, checkpoint.Path, $"second-{cut}");
            Assert.Equal(whole, first.Concat(second));
            Assert.Equal(Weights(wholeHash.Path), Weights(hash.Path));
        }
    }

    [Theory]
    [InlineData(DecodingMethod.Base, HeadKind.Shared)]
    [InlineData(DecodingMethod.EarlyExit, HeadKind.Shared)]
    [InlineData(DecodingMethod.SelfSpeculative, HeadKind.Parallel)]
    [InlineData(DecodingMethod.Prophet, HeadKind.Deepseek)]
    public void Decoding_is_measured_at_the_end_and_changes_nothing_else(DecodingMethod method, HeadKind kind)
    {
        var options = Small with { Heads = 3, HeadKind = kind, Steps = 10, DecaySteps = 10, WarmupSteps = 1 };
        var (without, checkpoint) = Train(options, 10, null, "without");
        var points = new List<MetricPoint>();
        CheckpointNotice? last = null;
        using (var trainer = new Trainer(options with { DecodeMethod = method }, "."))
            trainer.Run(10, Folder("with"), points.Add, notice => last = notice, CancellationToken.None);
        Assert.Equal(without, points.Where(Deterministic).Select(p => p with { Seconds = 0 }));
        Assert.Equal(Weights(checkpoint.Path), Weights(last!.Path));
        var measured = points.Where(point => point.Metric.StartsWith("decode_", StringComparison.Ordinal)).ToDictionary(point => point.Metric);
        Assert.Equal(["decode_accepted_per_round", "decode_speedup", "decode_tokens_per_second"], measured.Keys.Order());
        Assert.All(measured.Values, point => Assert.Equal(10, point.Step));
        Assert.True(measured["decode_tokens_per_second"].Value > 0 && measured["decode_speedup"].Value > 0);
        Assert.InRange(measured["decode_accepted_per_round"].Value, 0, method == DecodingMethod.Base ? 0 : options.DecodeGamma);
    }

    [Fact]
    public void Stopping_leaves_a_checkpoint_that_continues_exactly()
    {
        var (whole, _) = Train(Small, 40, null, "whole");
        using var stop = new CancellationTokenSource();
        var points = new List<MetricPoint>();
        CheckpointNotice? checkpoint = null;
        using (var trainer = new Trainer(Small, "."))
        {
            Assert.False(trainer.Run(40, Folder("stopped"), point =>
            {
                points.Add(point);
                if (point.Step == 15) stop.Cancel();
            }, notice => checkpoint = notice, stop.Token));
        }
        Assert.Equal(16, checkpoint!.Step);
        var (rest, _) = Train(Small, 40, checkpoint.Path, "rest");
        Assert.Equal(whole, points.Where(Deterministic).Select(p => p with { Seconds = 0 }).Concat(rest));
    }

    [Fact]
    public void Training_lowers_the_validation_loss()
    {
        var (points, _) = Train(Small with { Steps = 200, DecaySteps = 200, EvalEvery = 100, LearningRate = 3e-3 }, 200, null, "learns");
        var losses = points.Where(p => p.Metric == "val_loss").Select(p => p.Value).ToArray();
        Assert.Equal(3, losses.Length);
        Assert.InRange(losses[0], 3.5, 4.2);
        Assert.InRange(losses[2], 0.5, 2.4);
    }

    [Fact]
    public void Points_count_the_tokens_of_the_steps_before_them()
    {
        var (points, _) = Train(Small, 40, null, "tokens");
        Assert.All(points, p => Assert.Equal(p.Step * 4 * 32, p.Tokens));
        Assert.Equal([0, 10, 20, 30, 40], points.Where(p => p.Metric == "val_loss").Select(p => p.Step));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => 5L * i), points.Where(p => p.Metric == "train_loss").Select(p => p.Step));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_seed_others()
    {
        var (a, _) = Train(Small, 10, null, "a");
        var (b, _) = Train(Small, 10, null, "b");
        var (c, _) = Train(Small with { Seed = 2 }, 10, null, "c");
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
    }

    [Fact]
    public void Intermediate_checkpoints_come_at_their_steps()
    {
        var steps = new List<long>();
        using var trainer = new Trainer(Small with { CheckpointEvery = 15 }, ".");
        trainer.Run(40, Folder("every"), _ => { }, notice => steps.Add(notice.Step), CancellationToken.None);
        Assert.Equal([15, 30, 40], steps);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        var (_, checkpoint) = Train(Small, 1, null, "one");
        var error = Assert.Throws<TrainingException>(() => new Trainer(Small with { Width = 16 }, ".", checkpoint.Path));
        Assert.Contains("belongs to another model", error.Message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        var (_, checkpoint) = Train(Small, 1, null, "one");
        using (var file = File.OpenWrite(checkpoint.Path)) file.SetLength(file.Length / 2);
        var error = Assert.Throws<TrainingException>(() => new Trainer(Small, ".", checkpoint.Path));
        Assert.Contains("is not a complete safetensors file", error.Message);
    }

    [Fact]
    public void A_checkpoint_is_a_safetensors_file_with_its_own_hash()
    {
        var (_, checkpoint) = Train(Small, 1, null, "one");
        var content = File.ReadAllBytes(checkpoint.Path);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), checkpoint.Sha256);
        Assert.Equal(content.Length, checkpoint.Bytes);
        var header = (int)BitConverter.ToInt64(content, 0);
        Assert.Equal(0, header % 8);
        using var json = JsonDocument.Parse(content.AsMemory(8, header));
        var output = json.RootElement.GetProperty("model.output");
        Assert.Equal("F32", output.GetProperty("dtype").GetString());
        Assert.Equal(32, output.GetProperty("shape")[1].GetInt32());
        var last = json.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").Max(p => p.Value.GetProperty("data_offsets")[1].GetInt64());
        Assert.Equal(content.Length - 8 - header, last);
    }

    [Fact]
    public void Documents_cannot_end_in_data_without_documents()
    {
        var path = Path.Combine(directory.FullName, "text.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("some words here ", 200)));
        var error = Assert.Throws<TrainingException>(() => new Trainer(Small with { Data = "file:" + path, DocumentBoundary = DocumentBoundary.Stop }, "."));
        Assert.Contains("needs data with documents", error.Message);
    }

    private string Folder(string name) => Path.Combine(directory.FullName, name);

    // Trains and returns the points that must not depend on the machine's speed.
    private (MetricPoint[] Points, CheckpointNotice Last) Train(TrainingOptions options, int toStep, string? from, string name)
    {
        var points = new List<MetricPoint>();
        CheckpointNotice? last = null;
        using var trainer = new Trainer(options, ".", from);
        Assert.True(trainer.Run(toStep, Folder(name), points.Add, notice => last = notice, CancellationToken.None));
        return (points.Where(Deterministic).Select(p => p with { Seconds = 0 }).ToArray(), last!);
    }

    private static bool Deterministic(MetricPoint point) => point.Metric is "train_loss" or "val_loss" or "objective" or "gradient_norm" or "learning_rate";

    private static Dictionary<string, string> Weights(string path)
    {
        var (tensors, _) = Safetensors.Read(path);
        return tensors.ToDictionary(t => t.Key, t => Convert.ToHexString(t.Value.bytes));
    }
}
