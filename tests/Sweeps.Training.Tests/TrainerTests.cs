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

    [Theory]
    [InlineData("grammar", HeadKind.Shared)]
    [InlineData("grammar", HeadKind.Parallel)]
    [InlineData("addition", HeadKind.Shared)]
    [InlineData("polynomial", HeadKind.Shared)]
    public void Samples_are_the_same_for_the_same_weights_and_change_no_number_of_the_training(string data, HeadKind kind)
    {
        // Dropout's random state is in the checkpoint; the next steps of a longer run would show that a sample had used it.
        var options = Small with { Data = data, Context = 48, Heads = 2, HeadKind = kind, Dropout = 0.1, Steps = 10, DecaySteps = 10, WarmupSteps = 1, Samples = 3 };
        var (without, checkpoint) = Train(options with { Samples = 0 }, 10, null, "without");
        IReadOnlyList<TextSample> samples;
        CheckpointNotice? after = null;
        using (var trainer = new Trainer(options, "."))
        {
            var points = new List<MetricPoint>();
            Assert.Empty(trainer.Samples());
            trainer.Run(10, Folder("with"), points.Add, notice => after = notice, CancellationToken.None);
            samples = trainer.Samples();
            var again = trainer.Save(Folder("again"));
            Assert.Equal(without, points.Where(Deterministic).Select(p => p with { Seconds = 0 }));
            Assert.Equal(Weights(checkpoint.Path), Weights(after!.Path));
            Assert.Equal(Weights(checkpoint.Path), Weights(again.Path));
        }
        Assert.Equal([0, 1, 2], samples.Select(sample => sample.Number));
        Assert.All(samples, sample => Assert.True(sample is { Step: 10, Text.Length: > 0, Prompt.Length: > 0, Problem: null }));
        Assert.All(samples, sample => Assert.Equal(data != "grammar", sample.Expected is not null));
        using (var resumed = new Trainer(options, ".", checkpoint.Path)) Assert.Equal(samples, resumed.Samples());
        using (var none = new Trainer(options with { Samples = 0 }, ".", checkpoint.Path)) Assert.Empty(none.Samples());
    }

    [Fact]
    public void The_expected_answer_of_an_addition_is_the_whole_sum()
    {
        using var trainer = new Trainer(Small with { Data = "addition", Digits = 2, Steps = 1, DecaySteps = 1, WarmupSteps = 0, Samples = 20 }, ".");
        trainer.Run(1, Folder("sum"), _ => { }, _ => { }, CancellationToken.None);
        Assert.All(trainer.Samples(), sample =>
        {
            Assert.Equal(int.Parse(sample.Prompt[..2]) + int.Parse(sample.Prompt[2..4]), int.Parse(sample.Expected!));
            Assert.Equal(sample.Expected!.Length, sample.Text.Length);
        });
    }

    // adam_every 2 acts at steps 1, 3, 5...: after 21 steps a gradient is pending, and the tables are untied while it is.
    public static TheoryData<string> Combinations => ["pending", "muon", "schedules", "all"];

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Optimizers_and_schedules_continue_bit_for_bit(string combination)
    {
        var adam = Small with { AdamEvery = 2, UntieAtStep = 21, Steps = 26, DecaySteps = 26, EvalEvery = 13, LogEvery = 1 };
        var muon = adam with { AdamEvery = 1, Optimizer = OptimizerKind.Muon, Dropout = 0.1, UntieAtStep = 20, CautiousDecay = CautiousDecay.Along };
        var schedules = Small with
        {
            BatchSizeSchedule = WholeSchedule.Parse("2 -> 4"), ContextSchedule = WholeSchedule.Parse("8 @ 1/4 -> 16 -> 32"), Accumulation = 2, UntieAtStep = 20,
            LearningRateSchedule = LearningRateShape.Mingpt, WarmupTokens = 200, GradientClip = 0.3, Steps = 26, DecaySteps = 26, EvalEvery = 13, LogEvery = 1,
        };
        var options = combination switch
        {
            "pending" => adam,
            "muon" => muon,
            "schedules" => schedules,
            _ => schedules with
            {
                AdamEvery = 3, Optimizer = OptimizerKind.Muon, Dropout = 0.1, Heads = 3, LossWeights = LossWeightSchedule.Parse("[1, 0.5, 0.25->0] -> [1]"),
                HeadKind = HeadKind.Parallel,
            },
        };
        var (whole, wholeHash) = Train(options, toStep: 26, from: null, "whole");
        Assert.Equal(26, whole.Count(p => p.Metric == "train_loss"));
        // Before, at and after the untying, with gradients pending and without.
        foreach (var cut in new[] { 7, 20, 21, 22 })
        {
            var (first, checkpoint) = Train(options, cut, from: null, $"first-{cut}");
            var (second, hash) = Train(options, 26, checkpoint.Path, $"second-{cut}");
            Assert.Equal(whole, first.Concat(second));
            Assert.Equal(Weights(wholeHash.Path), Weights(hash.Path));
            Assert.Equal(cut % options.AdamEvery != 0, Weights(checkpoint.Path).Keys.Any(name => name.StartsWith("optimizer.pending.", StringComparison.Ordinal)));
            Assert.Equal(options.Optimizer == OptimizerKind.Muon, Weights(checkpoint.Path).ContainsKey("optimizer.momentum.trunk.0.mlp.up.weight"));
        }
    }

    [Fact]
    public void The_loss_of_the_step_before_which_the_tables_are_untied_does_not_change_while_gradients_are_pending()
    {
        var options = Small with { AdamEvery = 2, LogEvery = 1 };
        var (tied, _) = Train(options, 24, null, "tied");
        var (untied, _) = Train(options with { UntieAtStep = 21 }, 24, null, "untied");
        Assert.Equal(Until(tied, 21), Until(untied, 21));
        // The pending gradient and that of step 21 are acted on together, by both tables apart.
        Assert.NotEqual(tied.Last(p => p.Metric == "train_loss"), untied.Last(p => p.Metric == "train_loss"));

        static MetricPoint[] Until(MetricPoint[] points, int step) => [.. points.Where(p => p.Step <= step && p.Metric == "train_loss")];
    }

    [Fact]
    public void Each_gradient_is_clipped_before_it_is_added_to_those_pending()
    {
        const double Clip = 0.25;
        using var trainer = new Trainer(Small with { AdamEvery = 2, GradientClip = Clip }, ".");
        Assert.True(trainer.TrainStep().GradientNorm > Clip);
        var (tensors, _) = Safetensors.Read(trainer.Save(Folder("clipped")).Path);
        var pending = tensors.Where(t => t.Key.StartsWith("optimizer.pending.", StringComparison.Ordinal)).Select(t => t.Value.norm().item<float>());
        Assert.Equal(Clip, Math.Sqrt(pending.Sum(norm => (double)norm * norm)), 1e-5);
    }

    [Fact]
    public void Batch_size_and_context_follow_their_schedules_and_tokens_count_them()
    {
        var options = Small with { BatchSizeSchedule = WholeSchedule.Parse("2 -> 4"), ContextSchedule = WholeSchedule.Parse("8 @ 1/4 -> 32"), LogEvery = 1 };
        var (points, _) = Train(options, 40, null, "scheduled");
        // 10 steps of 2 x 8, 10 of 2 x 32, 20 of 4 x 32.
        var expected = Enumerable.Range(0, 41).Select(step => 16L * Math.Min(step, 10) + 64L * Math.Clamp(step - 10, 0, 10) + 128L * Math.Max(0, step - 20)).ToArray();
        Assert.All(points, p => Assert.Equal(expected[p.Step], p.Tokens));
        Assert.Equal(3360, points[^1].Tokens);
    }

    [Fact]
    public void Validation_does_not_depend_on_the_schedules()
    {
        var (plain, _) = Train(Small, 1, null, "plain");
        var (scheduled, _) = Train(
            Small with { BatchSizeSchedule = WholeSchedule.Parse("2 -> 4"), ContextSchedule = WholeSchedule.Parse("8 -> 32") }, 1, null, "scheduled");
        Assert.Equal(plain.First(p => p.Metric == "val_loss"), scheduled.First(p => p.Metric == "val_loss"));
        Assert.NotEqual(plain.First(p => p.Metric == "train_loss"), scheduled.First(p => p.Metric == "train_loss"));
    }

    [Fact]
    public void The_speed_is_that_of_the_tokens_really_trained()
    {
        var options = Small with { BatchSizeSchedule = WholeSchedule.Parse("2 -> 4"), ContextSchedule = WholeSchedule.Parse("8 @ 1/4 -> 32") };
        var points = new List<MetricPoint>();
        using var trainer = new Trainer(options, ".");
        trainer.Run(40, Folder("speed"), points.Add, _ => { }, CancellationToken.None);
        var speeds = points.Where(p => p.Metric == "tokens_per_second").ToArray();
        Assert.Equal([10, 20, 30, 40], speeds.Select(p => p.Step));
        var (tokens, seconds) = (0L, 0.0);
        foreach (var speed in speeds)
        {
            Assert.Equal(speed.Tokens - tokens, speed.Value * (speed.Seconds - seconds), 1e-6);
            (tokens, seconds) = (speed.Tokens, speed.Seconds);
        }
    }

    [Fact]
    public void MinGPTs_learning_rate_counts_the_tokens_of_the_schedules()
    {
        var options = Small with
        {
            BatchSizeSchedule = WholeSchedule.Parse("2 -> 4"), LearningRateSchedule = LearningRateShape.Mingpt, WarmupTokens = 0, LogEvery = 1, Steps = 10,
            DecaySteps = 10, LearningRate = 1, MinLearningRate = 0.1,
        };
        var (points, _) = Train(options, 10, null, "mingpt");
        // 5 steps of 64 tokens and 5 of 128: 960.
        var rates = points.Where(p => p.Metric == "learning_rate").Select(p => p.Value);
        var expected = Enumerable.Range(1, 10).Select(done => (Math.Min(done, 5) * 64 + Math.Max(0, done - 5) * 128) / 960.0);
        Assert.Equal(expected.Select(progress => Math.Max(0.1, 0.5 * (1 + Math.Cos(Math.PI * progress)))), rates, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Muon_lowers_the_validation_loss()
    {
        var (points, _) = Train(Small with { Steps = 100, DecaySteps = 100, EvalEvery = 100, Optimizer = OptimizerKind.Muon, LearningRate = 3e-3 }, 100, null, "muon");
        var losses = points.Where(p => p.Metric == "val_loss").Select(p => p.Value).ToArray();
        Assert.InRange(losses[0], 3.5, 4.2);
        Assert.InRange(losses[^1], 0.5, 2.4);
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

    [Theory]
    [InlineData(OptimizerKind.Muon, OptimizerKind.Adamw)]
    [InlineData(OptimizerKind.Adamw, OptimizerKind.Muon)]
    public void A_checkpoint_of_another_optimizer_is_refused(OptimizerKind written, OptimizerKind read)
    {
        var (_, checkpoint) = Train(Small with { Optimizer = written }, 1, null, "one");
        var error = Assert.Throws<TrainingException>(() => new Trainer(Small with { Optimizer = read }, ".", checkpoint.Path));
        Assert.Contains("trunk.0.attention.qkv.weight is missing", error.Message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        var (_, checkpoint) = Train(Small, 1, null, "one");
        using (var file = File.OpenWrite(checkpoint.Path)) file.SetLength(file.Length / 2);
        var error = Assert.Throws<DamagedCheckpointException>(() => new Trainer(Small, ".", checkpoint.Path));
        Assert.Contains("is not a complete safetensors file", error.Message);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "it is not what was written, whose SHA-256 was ")]
    public void A_checkpoint_with_one_bit_flipped_is_damaged_whichever_it_is(bool isIntact, string? problem)
    {
        var (_, checkpoint) = Train(Small, 1, null, "one");
        var content = File.ReadAllBytes(checkpoint.Path);
        // In a space after the header, among the weights, in the last number.
        foreach (var place in new[] { 8 + (int)BitConverter.ToInt64(content) - 1, content.Length / 2, content.Length - 1 })
        {
            var changed = (byte[])content.Clone();
            if (!isIntact) changed[place] ^= 0x20;
            File.WriteAllBytes(checkpoint.Path, changed);
            var error = Record.Exception(() => new Trainer(Small, ".", checkpoint.Path, resumeSha256: checkpoint.Sha256).Dispose());
            if (problem is null) Assert.Null(error);
            else if (place < content.Length / 2) Assert.IsType<DamagedCheckpointException>(error);
            else Assert.Contains(problem, Assert.IsType<DamagedCheckpointException>(error).Message);
        }
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
