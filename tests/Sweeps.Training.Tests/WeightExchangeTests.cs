using Sweeps.Core.Gpt;
using Sweeps.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

/// <summary>Weights that go out with the names of nanoGPT and GPT-2, and those that come in as <c>init_from</c>.</summary>
public sealed class WeightExchangeTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Layers = 2, AttentionHeads = 2, Width = 8, Context = 6, BatchSize = 2, Data = "grammar", Bias = true, Steps = 20, DecaySteps = 20, WarmupSteps = 2, EvalEvery = 20,
        EvalBatches = 1, LearningRate = 0.02,
    };

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps-weights-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(WeightFormat.NanoGpt, true)]
    [InlineData(WeightFormat.Gpt2, true)]
    [InlineData(WeightFormat.NanoGpt, false)]
    [InlineData(WeightFormat.Gpt2, false)]
    public void Weights_come_back_bit_for_bit(WeightFormat format, bool bias)
    {
        using var trained = Trained(Small with { Bias = bias });
        using var restored = new Trainer(trained.Options with { InitFrom = Export(trained, format), Seed = 9 }, ".");
        Assert.Equal(Weights(trained.Model), Weights(restored.Model));
    }

    [Fact]
    public void The_logits_of_exported_weights_are_those_of_a_plain_GPT2()
    {
        using var trained = Trained(Small);
        var file = SafetensorsSpecification.Read(File.ReadAllBytes(Export(trained, WeightFormat.Gpt2)));
        long[] tokens = [3, 1, 4, 1, 5, 9];
        var expected = PlainGpt2.Logits(file, attentionHeads: 2, tokens);

        trained.Model.eval();
        using var off = no_grad();
        var logits = trained.Model.call(tensor(tokens, [1, 6])).data<float>().ToArray();
        Assert.Equal(expected.Length, logits.Length);
        Assert.Contains(expected, logit => Math.Abs(logit) > 0.1);
        for (var i = 0; i < logits.Length; i++) Assert.Equal(expected[i], logits[i], 1e-5);
    }

    [Fact]
    public void Names_and_shapes_are_nanoGPTs_and_the_hubs()
    {
        using var trained = Trained(Small);
        var V = trained.Model.Vocabulary;
        var nano = SafetensorsSpecification.Read(File.ReadAllBytes(Export(trained, WeightFormat.NanoGpt)));
        var hub = SafetensorsSpecification.Read(File.ReadAllBytes(Export(trained, WeightFormat.Gpt2)));

        // 2 tables, the final norm, 12 tensors a layer; nanoGPT's dictionary also has the head.
        Assert.Equal((2 + 2 + 12 * 2 + 1, 2 + 2 + 12 * 2), (nano.Tensors.Count, hub.Tensors.Count));
        Assert.Equal([V, 8L], nano["lm_head.weight"].Shape);
        Assert.Equal(nano["transformer.wte.weight"].Data, nano["lm_head.weight"].Data);
        Assert.Equal([6L, 8], hub["wpe.weight"].Shape);
        Assert.Equal([24L, 8], nano["transformer.h.1.attn.c_attn.weight"].Shape);
        Assert.Equal([8L, 24], hub["h.1.attn.c_attn.weight"].Shape);
        Assert.Equal([32L, 8], nano["transformer.h.0.mlp.c_fc.weight"].Shape);
        Assert.Equal([32L, 8], hub["h.0.mlp.c_proj.weight"].Shape);
        Assert.Equal([8L], hub["ln_f.bias"].Shape);
        Assert.Equal("pt", hub.Metadata["format"]);
        Assert.Contains("\"activation_function\":\"gelu\"", hub.Metadata["config"]);
        Assert.Contains("\"block_size\":6", nano.Metadata["config"]);
    }

    [Fact]
    public void A_checkpoint_begins_a_run_at_step_0_with_its_weights()
    {
        using var trained = Trained(Small);
        using var next = new Trainer(Small with { InitFrom = trained.Save(directory.FullName).Path, LearningRate = 1e-4, Seed = 4 }, ".");
        Assert.Equal(0, next.Step);
        Assert.Equal(Weights(trained.Model), Weights(next.Model));
        Assert.Equal(trained.Evaluate().Loss, next.Evaluate().Loss);
    }

    [Fact]
    public void A_run_says_which_weights_it_began_with_also_where_it_goes_on_from_a_checkpoint_and_the_file_has_changed()
    {
        using var trained = Trained(Small);
        Assert.Equal("", trained.Inputs);
        var notice = trained.Save(directory.FullName);
        var options = Small with { InitFrom = notice.Path };
        using var next = new Trainer(options, ".");
        Assert.Equal($"weights {notice.Sha256}", next.Inputs);
        var saved = next.Save(directory.CreateSubdirectory("next").FullName);
        File.WriteAllText(notice.Path, "something else");
        using var resumed = new Trainer(options, ".", saved.Path);
        Assert.Equal(next.Inputs, resumed.Inputs);
    }

    [Fact]
    public void Heads_that_the_file_lacks_stay_fresh()
    {
        using var trained = Trained(Small);
        var options = Small with { HeadKind = HeadKind.Parallel, Heads = 3, Seed = 4 };
        using var fresh = new Gpt(options, trained.Model.Vocabulary);
        using var next = new Trainer(options with { InitFrom = trained.Save(directory.FullName).Path }, ".");
        var (source, plain, mixed) = (Weights(trained.Model), Weights(fresh), Weights(next.Model));
        Assert.Equal(source["trunk.1.mlp.up.weight"], mixed["heads.0.mlp.up.weight"]);
        Assert.Equal(source["trunk.0.mlp.up.weight"], mixed["trunk.0.mlp.up.weight"]);
        Assert.Equal(plain["heads.2.mlp.up.weight"], mixed["heads.2.mlp.up.weight"]);
        Assert.Equal(trained.Evaluate().Loss, next.Evaluate().Loss, 1e-6);
    }

    [Fact]
    public void A_multi_token_model_is_exported_as_its_next_token_model()
    {
        using var trained = Trained(Small with { HeadKind = HeadKind.Parallel, Heads = 2 });
        using var next = new Trainer(Small with { InitFrom = Export(trained, WeightFormat.NanoGpt) }, ".");
        Assert.Equal(trained.Evaluate().Loss, next.Evaluate().Loss, 1e-6);
    }

    [Fact]
    public void Fewer_positions_are_the_first_ones_and_the_loss_of_short_texts_stays()
    {
        using var trained = Trained(Small);
        using var next = new Trainer(Small with { InitFrom = Export(trained, WeightFormat.Gpt2), Context = 4 }, ".");
        Assert.Equal(Weights(trained.Model)["positions"][..(4 * 8 * 8)], Weights(next.Model)["positions"]);
    }

    [Fact]
    public void Rows_of_a_padded_vocabulary_are_the_mean_of_the_others_and_go_again()
    {
        var options = new TrainingOptions { Layers = 1, AttentionHeads = 1, Width = 4, Context = 4, Bias = true };
        using var plain = new Gpt(options, 50);
        var path = Path.Combine(directory.FullName, "plain.safetensors");
        Write(path, plain);

        using var padded = new Gpt(options with { Seed = 2 }, 64);
        InitialWeights.Load(path, padded, options, () => { });
        using var off = no_grad();
        var (table, source) = (padded.Output.data<float>().ToArray(), plain.Output.data<float>().ToArray());
        Assert.Equal(source, table[..200]);
        for (var row = 50; row < 64; row++)
            for (var c = 0; c < 4; c++) Assert.Equal(Enumerable.Range(0, 50).Average(r => source[4 * r + c]), table[4 * row + c], 1e-6);

        var paddedPath = Path.Combine(directory.FullName, "padded.safetensors");
        Write(paddedPath, padded);
        using var again = new Gpt(options with { Seed = 3 }, 50);
        InitialWeights.Load(paddedPath, again, options, () => { });
        Assert.Equal(Weights(plain), Weights(again));
    }

    [Fact]
    public void GPT2s_masks_prefixes_and_half_precision_are_understood()
    {
        using var trained = Trained(Small);
        var (tensors, metadata) = Safetensors.Read(Export(trained, WeightFormat.Gpt2));
        using var scope = NewDisposeScope();
        var changed = tensors.Select(t => ("transformer." + t.Key, t.Value)).Append(("transformer.h.0.attn.bias", ones([1, 1, 6, 6])))
            .Append(("transformer.h.0.attn.masked_bias", tensor([-1e4f], []))).Append(("lm_head.weight", tensors["wte.weight"])).ToList();
        var path = Path.Combine(directory.FullName, "old.safetensors");
        Safetensors.Write(path, changed, metadata);
        using var next = new Trainer(Small with { InitFrom = path }, ".");
        Assert.Equal(Weights(trained.Model), Weights(next.Model));

        Safetensors.Write(path, [.. changed.Select(t => (t.Item1, t.Item2.to(ScalarType.Float16)))], metadata);
        using var half = new Trainer(Small with { InitFrom = path }, ".");
        Assert.Equal(trained.Evaluate().Loss, half.Evaluate().Loss, 1e-2);
    }

    [Fact]
    public void An_output_head_of_its_own_needs_an_untied_run()
    {
        using var trained = Trained(Small with { UntieAtStep = 1 });
        var path = trained.Save(directory.FullName).Path;
        Assert.Contains("write tied: false", Refusal(Small with { InitFrom = path }));
        using var next = new Trainer(Small with { InitFrom = path, UntieAtStep = 0 }, ".");
        Assert.Equal(Weights(trained.Model), Weights(next.Model));
        Assert.Equal(trained.Evaluate().Loss, next.Evaluate().Loss);
        Assert.True(next.Run(2, directory.FullName, _ => { }, _ => { }, CancellationToken.None));
    }

    [Fact]
    public void A_file_of_another_shape_is_refused_with_tensor_both_shapes_and_the_fix()
    {
        using var trained = Trained(Small);
        foreach (var path in new[] { trained.Save(directory.FullName).Path, Export(trained, WeightFormat.NanoGpt), Export(trained, WeightFormat.Gpt2) })
        {
            var wide = Refusal(Small with { InitFrom = path, Width = 12 });
            Assert.Contains($"output is ({trained.Model.Vocabulary}, 8) in the file and ({trained.Model.Vocabulary}, 12) in the model", wide);
            Assert.Contains("width: 8", wide);
            Assert.Contains("trunk.1.attention.projection.bias is (8) in the file and missing in the model", Refusal(Small with { InitFrom = path, Layers = 1 }));
            Assert.Contains("trunk.2.norm1.weight is missing in the file and (8) in the model; the file fits layers: 2", Refusal(Small with { InitFrom = path, Layers = 3 }));
            Assert.Contains("positions is (6, 8) in the file and (7, 8) in the model; the file fits layers: 2, width: 8, context: 6 or less", Refusal(Small with { InitFrom = path, Context = 7 }));
            Assert.Contains("bias: true", Refusal(Small with { InitFrom = path, Bias = false }));
            Assert.Contains("data of", Refusal(Small with { InitFrom = path, Data = "addition" }));
            Assert.Contains("write attention_heads: 2", Refusal(Small with { InitFrom = path, AttentionHeads = 4 }));
        }
    }

    [Fact]
    public void Other_files_are_refused_in_a_sentence()
    {
        Assert.Contains("cannot be read", Refusal(Small with { InitFrom = Path.Combine(directory.FullName, "nothing.safetensors") }));
        var path = Path.Combine(directory.FullName, "other.safetensors");
        File.WriteAllText(path, "not this");
        Assert.Contains("is not a complete safetensors file", Refusal(Small with { InitFrom = path }));
        using var scope = NewDisposeScope();
        Safetensors.Write(path, [("encoder.weight", zeros([2]))], new Dictionary<string, string>());
        Assert.Contains("holds neither a checkpoint nor weights", Refusal(Small with { InitFrom = path }));
    }

    [Theory]
    [InlineData(HeadKind.Linear, null, "head_kind linear")]
    [InlineData(HeadKind.Anticausal, null, "head_kind anticausal")]
    [InlineData(HeadKind.Shared, 0, "its output head is not its embedding")]
    public void A_model_that_is_not_GPT2s_is_not_exported(HeadKind kind, int? untieAt, string reason)
    {
        using var trained = Trained(Small with { HeadKind = kind, Heads = 2, UntieAtStep = untieAt });
        Assert.Contains(reason, Assert.Throws<TrainingException>(() => Export(trained, WeightFormat.NanoGpt)).Message);
    }

    [Theory]
    [InlineData("modern", "its position is rotary, and GPT-2's learned")]
    [InlineData("mingpt", "its output head is not its embedding")]
    public void Other_presets_are_not_exported_but_begin_runs_of_their_own(string preset, string reason)
    {
        var options = TrainingOptions.OfPreset(preset) with
        {
            Layers = 2, AttentionHeads = 2, Width = 8, Context = 6, BatchSize = 2, Data = "grammar", Steps = 20, DecaySteps = 20, WarmupSteps = 2, EvalEvery = 20, EvalBatches = 1,
        };
        using var trained = Trained(options);
        Assert.Contains(reason, Assert.Throws<TrainingException>(() => Export(trained, WeightFormat.Gpt2)).Message);
        var path = trained.Save(directory.FullName).Path;
        using var next = new Trainer(options with { InitFrom = path, Seed = 9 }, ".");
        Assert.Equal(Weights(trained.Model), Weights(next.Model));
        using var loaded = Checkpoint.LoadModel(path);
        Assert.Equal(Weights(trained.Model), Weights(loaded));
        Assert.Contains("write activation: ", Refusal(options with { InitFrom = path, Activation = options.Activation == Activation.Gelu ? Activation.ReluSquared : Activation.Gelu }));
    }

    private Trainer Trained(TrainingOptions options)
    {
        var trainer = new Trainer(options, ".");
        trainer.Run(3, directory.FullName, _ => { }, _ => { }, CancellationToken.None);
        return trainer;
    }

    private string Export(Trainer trainer, WeightFormat format)
    {
        var path = Path.Combine(directory.FullName, $"{format}.safetensors");
        WeightExport.Write(trainer.Save(directory.FullName).Path, format, path);
        return path;
    }

    private static void Write(string path, Gpt model)
    {
        var names = model.named_parameters().Select(pair => ("transformer." + Gpt2Names.Theirs(pair.name)!, (Tensor)pair.parameter)).ToList();
        Safetensors.Write(path, names, new Dictionary<string, string>());
    }

    private static string Refusal(TrainingOptions options) => Assert.Throws<TrainingException>(() => new Trainer(options, ".")).Message;

    private static Dictionary<string, string> Weights(Gpt model) => model.named_parameters().ToDictionary(p => p.name, p => Convert.ToHexString(p.parameter.bytes));
}
