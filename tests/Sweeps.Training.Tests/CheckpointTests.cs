using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

public sealed class CheckpointTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Layers = 2, AttentionHeads = 2, Width = 16, Context = 16, BatchSize = 2, Data = "grammar", Steps = 8, DecaySteps = 8, WarmupSteps = 1, MinLearningRate = 1e-4,
        EvalEvery = 8, EvalBatches = 1, CheckpointEvery = 0, Seed = 3,
    };

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-checkpoint-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(HeadKind.Shared, 1, null)]
    [InlineData(HeadKind.Deepseek, 2, 1)]
    public void A_checkpoint_alone_gives_the_model_that_was_trained(HeadKind kind, int heads, int? untieAt)
    {
        using var trainer = new Trainer(Small with { HeadKind = kind, Heads = heads, UntieAtStep = untieAt, Bias = true, Dropout = 0.1 }, ".");
        var path = Train(trainer, 3);
        using var model = Checkpoint.LoadModel(path);
        Assert.Equal(untieAt is null, model.IsTied);
        Assert.False(model.training);

        trainer.Model.eval();
        using var off = no_grad();
        using var batch = TestBatches.Random(Small, model.Vocabulary);
        Assert.Equal(trainer.Model.call(batch.Tokens).data<float>().ToArray(), model.call(batch.Tokens).data<float>().ToArray());
    }

    [Fact]
    public void A_checkpoint_describes_its_run()
    {
        using var trainer = new Trainer(Small with { Data = "addition", Digits = 1 }, ".");
        var run = Checkpoint.Describe(Train(trainer, 3));
        Assert.Equal(trainer.Options, run.Options);
        Assert.Equal((3, "addition of 1 digits", trainer.Model.Vocabulary), (run.Step, run.Data, run.Vocabulary));
        Assert.Matches("^[0-9a-f]{64}$", run.DataSha256);
    }

    [Fact]
    public void A_checkpoint_without_parameters_is_continued_but_not_described()
    {
        using var trainer = new Trainer(Small, ".");
        var path = WithoutParameters(Train(trainer, 3));
        using var continued = new Trainer(Small, ".", path);
        Assert.Equal(3, continued.Step);
        Assert.Contains("continue its run", Assert.Throws<TrainingException>(() => Checkpoint.Describe(path)).Message);
    }

    [Fact]
    public void A_checkpoint_with_unknown_parameters_names_them()
    {
        using var trainer = new Trainer(Small, ".");
        var path = Rewrite(Train(trainer, 1), json => json["Run"]!["Parameters"]!["flux"] = 1.21);
        Assert.Contains("no parameter \"flux\"", Assert.Throws<TrainingException>(() => Checkpoint.LoadModel(path)).Message);
    }

    private string Train(Trainer trainer, int steps)
    {
        CheckpointNotice? last = null;
        trainer.Run(steps, directory.FullName, _ => { }, notice => last = notice, CancellationToken.None);
        return last!.Path;
    }

    private string WithoutParameters(string path) => Rewrite(path, json => json.AsObject().Remove("Run"));

    private string Rewrite(string path, Action<JsonNode> change)
    {
        var (tensors, metadata) = Safetensors.Read(path);
        var json = JsonNode.Parse(metadata["sweeps"])!;
        change(json);
        var changed = Path.Combine(directory.FullName, "changed.safetensors");
        Safetensors.Write(changed, [.. tensors.Select(t => (t.Key, t.Value))], new Dictionary<string, string> { ["sweeps"] = json.ToJsonString() });
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return changed;
    }
}
