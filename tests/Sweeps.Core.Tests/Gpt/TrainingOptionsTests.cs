using System.Reflection;
using Sweeps.Core.Gpt;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Tests.Gpt;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void No_parameters_give_nanogpts_cpu_configuration() =>
        Assert.Equal(new TrainingOptions { Seed = 7 }, TrainingOptions.FromParameters(Parameters(), 7));

    [Fact]
    public void Every_option_but_the_seed_is_a_parameter()
    {
        var options = typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).Select(property => property.Name).ToHashSet();
        options.Remove("Seed");
        // The largest numbers of the schedules that batch_size and context set.
        Assert.True(options.Remove("BatchSize") && options.Remove("Context"));
        var parameters = GptParameters.All.Select(parameter => string.Concat(parameter.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        Assert.Equal(options.Order(), parameters.Select(name => name switch
        {
            "UntieAt" => "UntieAtStep",
            "BatchSize" or "Context" => name + "Schedule",
            _ => name,
        }).Order());
    }

    [Fact]
    public void Each_parameter_sets_its_own_option_and_no_other()
    {
        var changed = new Dictionary<string, ParameterValue>
        {
            ["preset"] = Text("mingpt"), ["layers"] = Of(5), ["attention_heads"] = Of(2), ["width"] = Of(96), ["context"] = Of(32), ["dropout"] = Of(0.2),
            ["bias"] = ParameterValue.Of(true), ["position"] = Text("rotary"), ["norm"] = Text("rmsnorm"), ["qk_norm"] = ParameterValue.Of(true), ["activation"] = Text("relu_squared"),
            ["zero_init_projections"] = ParameterValue.Of(true), ["logit_softcap"] = Of(23), ["logit_softcap_scale"] = Of(7.5), ["tied"] = ParameterValue.Of(true),
            ["time_weighting"] = Text("circulant"), ["time_mixing"] = ParameterValue.Of(true), ["heads"] = Of(4), ["head_kind"] = Text("parallel"), ["match_parameters"] = ParameterValue.Of(true), ["shared_module"] = ParameterValue.Of(false), ["loss_weights"] = Text("[1, 0.5->0]"),
            ["normalize_weights"] = ParameterValue.Of(true), ["document_boundary"] = Text("stop"), ["backward"] = Text("naive"), ["precision"] = Text("bf16"), ["untie_at"] = Of(17),
            ["init_from"] = Text("weights.safetensors"), ["data"] = Text("grammar"), ["vocabulary"] = Of(300), ["pad_vocabulary_to_multiple_of"] = Of(64), ["digits"] = Of(3), ["reversed"] = ParameterValue.Of(true), ["operations"] = Of(4),
            ["ood_operations"] = Of(7), ["batch_size"] = Text("4 -> 8"), ["accumulation"] = Of(2), ["steps"] = Of(900), ["optimizer"] = Text("muon"), ["learning_rate"] = Of(2e-3), ["learning_rate_schedule"] = Text("pr178"), ["min_learning_rate"] = Of(3e-5),
            ["warmup_steps"] = Of(11), ["warmup_tokens"] = Of(5000), ["adam_every"] = Of(2), ["muon_learning_rate"] = Of(0.01), ["muon_momentum"] = Of(0.9), ["decay_steps"] = Of(800), ["beta1"] = Of(0.8), ["beta2"] = Of(0.95), ["weight_decay"] = Of(0.01), ["cautious_decay"] = Text(">"),
            ["decode_method"] = Text("self_speculative"), ["decode_gamma"] = Of(7), ["decode_draft"] = Text("draft.safetensors"), ["decode_temperature"] = Of(0.8), ["samples"] = Of(5),
            ["gradient_clip"] = Of(0.5), ["eval_every"] = Of(33), ["eval_batches"] = Of(3), ["log_every"] = Of(4), ["checkpoint_every"] = Of(50), ["device"] = Text("cuda:3"), ["peak_tflops"] = Of(312),
        };
        Assert.Equal(GptParameters.All.Select(parameter => parameter.Name).Order(), changed.Keys.Order());
        var options = TrainingOptions.FromParameters(changed, 1);
        Assert.Equal(changed, options.ToParameters());
        Assert.Equal(options, TrainingOptions.FromParameters(options.ToParameters(), 1));
        // They contradict the head kind and the untying above, so they are changed only where each parameter stands alone.
        changed["shared_module"] = ParameterValue.Of(true);
        changed["tied"] = ParameterValue.Of(false);
        foreach (var parameter in GptParameters.All)
        {
            var one = parameter.Apply(new TrainingOptions(), changed[parameter.Name]).ToParameters();
            Assert.NotEqual(new TrainingOptions().ToParameters()[parameter.Name], one[parameter.Name]);
            Assert.Single(one, pair => !pair.Value.Equals(new TrainingOptions().ToParameters()[pair.Key]));
        }
    }

    [Fact]
    public void A_preset_gives_defaults_and_what_is_written_wins()
    {
        var nanogpt = new TrainingOptions();
        Assert.Equal(nanogpt, TrainingOptions.OfPreset("nanogpt"));
        Assert.Equal(nanogpt with { Preset = "mingpt", Bias = true, Dropout = 0.1, Tied = false }, TrainingOptions.OfPreset("mingpt"));
        Assert.Equal(
            nanogpt with
            {
                Preset = "modern", Position = PositionKind.Rotary, Norm = NormKind.Rmsnorm, QkNorm = true, Activation = Activation.ReluSquared,
                ZeroInitProjections = true, LogitSoftcap = 30, LogitSoftcapScale = 7.5, Tied = false,
            }, TrainingOptions.OfPreset("modern"));
        foreach (var preset in TrainingOptions.Presets)
        {
            var options = TrainingOptions.FromParameters(Parameters(("preset", Text(preset))), 1);
            Assert.Equal(TrainingOptions.OfPreset(preset), options);
            Assert.Equal(options, TrainingOptions.FromParameters(options.ToParameters(), 1));
        }

        // Wherever the preset stands among the parameters.
        var ablated = TrainingOptions.FromParameters(Parameters(("qk_norm", ParameterValue.Of(false)), ("preset", Text("modern")), ("activation", Text("gelu"))), 1);
        Assert.Equal(TrainingOptions.OfPreset("modern") with { QkNorm = false, Activation = Activation.Gelu }, ablated);
    }

    [Theory]
    [InlineData("never", null)]
    [InlineData("2/3", 1333)]
    public void A_model_whose_untying_is_given_begins_tied(string untieAt, int? step)
    {
        var options = TrainingOptions.FromParameters(Parameters(("preset", Text("modern")), ("untie_at", Text(untieAt))), 1);
        Assert.Equal((true, step), (options.Tied, options.UntieAtStep));
        Assert.False(TrainingOptions.FromParameters(Parameters(("tied", ParameterValue.Of(false)), ("untie_at", Text("never"))), 1).Tied);
        Assert.Contains("untie_at is for an output head that begins as the embedding", Refusal(("tied", ParameterValue.Of(false)), ("untie_at", Text("2/3"))));
    }

    [Fact]
    public void The_scale_of_a_soft_cap_follows_it()
    {
        Assert.Equal(5, TrainingOptions.FromParameters(Parameters(("logit_softcap", Of(20))), 1).LogitSoftcapScale);
        Assert.Equal(8, TrainingOptions.FromParameters(Parameters(("logit_softcap", Of(20)), ("logit_softcap_scale", Of(8))), 1).LogitSoftcapScale);
        Assert.Contains("logit_softcap_scale divides the logits", Refusal(("logit_softcap", Of(20)), ("logit_softcap_scale", Of(0))));
    }

    [Fact]
    public void Time_weighting_may_be_off_as_yaml_reads_it()
    {
        Assert.Equal(TimeWeighting.Off, TrainingOptions.FromParameters(Parameters(("time_weighting", ParameterValue.Of(false))), 1).TimeWeighting);
        Assert.Contains("time_weighting is off, full or circulant, not true", Refusal(("time_weighting", ParameterValue.Of(true))));
    }

    [Fact]
    public void Rotary_positions_need_pairs_of_channels() => Assert.Contains(
        "position rotary turns pairs of channels, and width 12 / attention_heads 4 = 3 is odd; write width 16",
        Refusal(("preset", Text("modern")), ("width", Of(12)), ("attention_heads", Of(4))));

    [Fact]
    public void What_depends_on_other_options_follows_them()
    {
        var options = TrainingOptions.FromParameters(Parameters(("steps", Of(500)), ("learning_rate", Of(3e-3))), 1);
        Assert.Equal((500, 50), (options.DecaySteps, options.WarmupSteps));
        Assert.Equal(3e-4, options.MinLearningRate, 1e-15);
        Assert.Equal(100, TrainingOptions.FromParameters(Parameters(("steps", Of(1000))), 1).WarmupSteps);
        Assert.Equal(100, TrainingOptions.FromParameters(Parameters(("steps", Of(50_000))), 1).WarmupSteps);
    }

    [Fact]
    public void The_warm_up_of_minGPT_is_at_most_a_tenth_of_the_tokens()
    {
        Assert.Equal(10_240, TrainingOptions.FromParameters(Parameters(), 1).WarmupTokens);
        Assert.Equal(100 * 12 * 64 / 10, TrainingOptions.FromParameters(Parameters(("steps", Of(100))), 1).WarmupTokens);
    }

    [Fact]
    public void Batch_size_and_context_may_change_over_the_steps()
    {
        var options = TrainingOptions.FromParameters(Parameters(("batch_size", Text("4 -> 8 -> 12")), ("context", Text("16 @ 1/4 -> 64")), ("steps", Of(10))), 1);
        Assert.Equal((12, 64), (options.BatchSize, options.Context));
        Assert.Equal([4, 4, 4, 4, 8, 8, 8, 12, 12, 12], Enumerable.Range(0, 10).Select(step => options.BatchSizeSchedule.At(step, 10)));
        Assert.Equal([16, 16, 16, 64, 64, 64, 64, 64, 64, 64], Enumerable.Range(0, 10).Select(step => options.ContextSchedule.At(step, 10)));
        for (var step = 0; step <= 12; step++)
            Assert.Equal(Enumerable.Range(0, step).Sum(s => options.BatchSizeSchedule.At(s, 10) * options.ContextSchedule.At(s, 10)), options.TokensAt(step));
    }

    [Theory]
    [InlineData("batch_size", "4 -> ", "batch_size \"4 -> \", character 6: expected a whole number from 1 on, found the end")]
    [InlineData("batch_size", "12", "batch_size is a whole number from 1 to 1000000, or several in turn such as \"4 -> 8\", not the text \"12\" (remove its quotes)")]
    [InlineData("batch_size", "4 -> 2000000", "batch_size is a whole number from 1 to 1000000")]
    [InlineData("context", "2 -> 64", "heads 4 is more than context 2")]
    [InlineData("batch_size", "8 -> 12 -> 18", "accumulation 4 does not divide batch_size 18 into equal parts; write 2, or another batch_size")]
    public void A_schedule_that_cannot_be_trained_is_refused(string name, string schedule, string expected) =>
        Assert.Contains(expected, Refusal((name, Text(schedule)), ("heads", Of(4)), ("accumulation", Of(4))));

    [Fact]
    public void A_batch_size_of_zero_is_refused() => Assert.Contains("batch_size is a whole number from 1 to 1000000", Refusal(("batch_size", Of(0))));

    [Fact]
    public void A_warm_up_of_more_tokens_than_there_are_is_refused() => Assert.Contains(
        "warmup_tokens 100000 is more than the 76800 training tokens until decay_steps 100",
        Refusal(("learning_rate_schedule", Text("mingpt")), ("warmup_tokens", Of(100_000)), ("steps", Of(100))));

    [Theory]
    [InlineData("device", "gpu", "did you mean \"cuda\"?")]
    [InlineData("device", "cuda:-1", "device is auto, cpu, cuda or cuda:N, not \"cuda:-1\"")]
    [InlineData("device", "cuda:", "device is auto, cpu, cuda or cuda:N, not \"cuda:\"")]
    [InlineData("init_from", "", "init_from is scratch, or the path of a safetensors file, not \"\"")]
    [InlineData("init_from", "resume", "goes on from its checkpoint by itself")]
    [InlineData("init_from", "gpt2-medium", "give the path of its model.safetensors")]
    public void Words_of_other_trainers_are_answered_with_the_right_one(string name, string value, string message) =>
        Assert.Contains(message, Assert.Single(TrainingOptions.Check(Parameters((name, Text(value))))).Message);

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    [InlineData("cuda:15")]
    public void A_GPU_can_be_asked_for(string device) => Assert.Equal(device, TrainingOptions.FromParameters(Parameters(("device", Text(device))), 1).Device);

    [Theory]
    [InlineData("addition", "digits", 3, 9)]
    [InlineData("polynomial", "operations", 5, 40)]
    [InlineData("polynomial", "ood_operations", 10, 70)]
    [InlineData("induction", "digits", 3, 64)]
    public void The_context_of_a_task_is_what_its_longest_example_needs(string data, string parameter, int value, int expected) =>
        Assert.Equal(expected, TrainingOptions.FromParameters(Parameters(("data", Text(data)), (parameter, Of(value))), 1).Context);

    [Theory]
    [InlineData("match_parameters", "linear", 2, "match_parameters moves layers into heads that are layers: head_kind parallel, causal or anticausal, not linear")]
    [InlineData("match_parameters", "causal", 5, "heads 5 need as many layers with match_parameters, and layers is 4")]
    [InlineData("shared_module", "parallel", 2, "shared_module is for the modules of head_kind deepseek")]
    public void Switches_of_other_head_kinds_are_refused(string name, string kind, int heads, string expected) =>
        Assert.Contains(expected, Refusal((name, ParameterValue.Of(true)), ("head_kind", Text(kind)), ("heads", Of(heads))));

    [Theory]
    [InlineData("self_speculative", "shared", 4, "decode_method self_speculative drafts with heads of their own: head_kind parallel, causal, anticausal, linear or replicated, with heads 2 or more")]
    [InlineData("tree", "parallel", 1, "decode_method tree drafts with heads of their own")]
    [InlineData("prophet", "parallel", 4, "decode_method prophet drafts with the modules of head_kind: deepseek, with heads 2 or more")]
    [InlineData("draft", "parallel", 4, "decode_method draft needs a second model: write decode_draft: PATH of its checkpoint")]
    [InlineData("medusa", "parallel", 4, "decode_method is off, base, draft, early_exit, prophet, self_speculative or tree, not \"medusa\"")]
    public void A_method_of_decoding_that_the_model_has_no_heads_for_is_refused(string method, string kind, int heads, string expected) =>
        Assert.Contains(expected, Refusal(("decode_method", Text(method)), ("head_kind", Text(kind)), ("heads", Of(heads))));

    [Fact]
    public void An_early_exit_needs_a_layer_before_those_of_the_heads()
    {
        var refused = Refusal(("decode_method", Text("early_exit")), ("head_kind", Text("parallel")), ("heads", Of(4)), ("match_parameters", ParameterValue.Of(true)));
        Assert.Contains("decode_method early_exit drafts with layers of the trunk, and all 4 layers are those of heads; write layers 5 or more", refused);
    }

    [Theory]
    [InlineData("digits", 3, "context", 8, "context 8 is too short for data addition: its longest example needs 9")]
    [InlineData("operations", 5, "ood_operations", 5, "ood_operations 5 is not more than operations 5, which training shows; write 6 or more")]
    [InlineData("digits", 19, "context", 100, "digits is a whole number from 1 to 18, not 19")]
    public void A_task_that_cannot_be_posed_is_refused(string first, int a, string second, int b, string expected) =>
        Assert.Contains(expected, Refusal(("data", Text("addition")), (first, Of(a)), (second, Of(b))));

    [Theory]
    [InlineData("shared", 1, "[1]")]
    [InlineData("shared", 4, "[1, 0.5, 0.25, 0.125]")]
    [InlineData("parallel", 4, "[1, 1, 1, 1]")]
    public void Loss_weights_halve_for_shared_heads_and_are_equal_for_parallel_ones(string kind, int heads, string expected)
    {
        var options = TrainingOptions.FromParameters(Parameters(("head_kind", Text(kind)), ("heads", Of(heads))), 1);
        Assert.Equal(LossWeightSchedule.Parse(expected), options.LossWeights);
    }

    [Theory]
    [InlineData("never", null)]
    [InlineData("0", 0)]
    [InlineData("0.5", 500)]
    [InlineData("2/3", 667)]
    [InlineData("0.0004", 0)]
    [InlineData("250", 250)]
    [InlineData("1000", 1000)]
    public void Untying_is_at_a_step_or_a_share_of_the_steps(string untieAt, int? expected)
    {
        // Steps stand behind untie_at to show that the order of parameters has no meaning.
        foreach (var value in new[] { Text(untieAt), double.TryParse(untieAt, out var number) ? Of(number) : Text(untieAt) })
            Assert.Equal(expected, TrainingOptions.FromParameters(Parameters(("untie_at", value), ("steps", Of(1000))), 1).UntieAtStep);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-0.5")]
    [InlineData("3/2")]
    [InlineData("1.5")]
    [InlineData("2/2")]
    [InlineData("half")]
    [InlineData("1e12")]
    public void Untying_at_nothing_sensible_is_refused(string untieAt) =>
        Assert.Contains("never, 0 (from the start), a share", Refusal(("untie_at", Text(untieAt))));

    [Fact]
    public void A_parameter_may_stand_under_its_group()
    {
        var options = TrainingOptions.FromParameters(Parameters(("optimizer.learning_rate", Of(0.01)), ("model.layers", Of(2))), 1);
        Assert.Equal((0.01, 2), (options.LearningRate, options.Layers));
        Assert.Contains("are the same parameter", Refusal(("layers", Of(2)), ("model.layers", Of(2))));
    }

    [Theory]
    [InlineData("n_layer", "layers")]
    [InlineData("n_head", "attention_heads")]
    [InlineData("n_embd", "width")]
    [InlineData("block_size", "context")]
    [InlineData("max_iters", "steps")]
    [InlineData("lr", "learning_rate")]
    [InlineData("min_lr", "min_learning_rate")]
    [InlineData("grad_clip", "gradient_clip")]
    [InlineData("warmup_iters", "warmup_steps")]
    [InlineData("lr_decay_iters", "decay_steps")]
    [InlineData("eval_interval", "eval_every")]
    [InlineData("gradient_accumulation_steps", "accumulation")]
    [InlineData("muon_lr", "muon_learning_rate")]
    [InlineData("hidden_size", "width")]
    [InlineData("num_hidden_layers", "layers")]
    [InlineData("model.n_layer", "layers")]
    [InlineData("learnig_rate", "learning_rate")]
    [InlineData("Batch-Size", "batch_size")]
    public void Names_of_other_trainers_and_misspellings_get_the_right_suggestion(string name, string expected)
    {
        Assert.Contains($"did you mean \"{expected}\"?", Refusal((name, Of(1))));
        Assert.Null(GptParameters.Find(name));
    }

    [Fact]
    public void The_seed_is_not_a_parameter() => Assert.Contains("write 'seeds: N'", Refusal(("seed", Of(1))));

    [Fact]
    public void All_errors_are_reported_at_once()
    {
        var errors = TrainingOptions.Check(Parameters(("layers", Of(0)), ("width", Text("wide")), ("colour", Of(1)), ("dropout", Of(1))));
        Assert.Equal(["layers", "width", "colour", "dropout"], errors.Select(error => error.Parameter));
        Assert.Equal("layers is a whole number from 1 to 1000, not 0", errors[0].Message);
        Assert.Equal("dropout is a number from 0 to below 1, not 1", errors[3].Message);
    }

    [Fact]
    public void A_quoted_number_says_to_remove_the_quotes() => Assert.Contains("remove its quotes", Refusal(("learning_rate", Text("1e-3"))));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    public void A_learning_rate_is_a_finite_number_that_is_not_negative(double rate) =>
        Assert.Contains("learning_rate is a number", Refusal(("learning_rate", Of(rate))));

    [Theory]
    [InlineData("shakespeare.txt", "did you mean \"file:shakespeare.txt\"?")]
    [InlineData("tinyshakespear", "did you mean \"tinyshakespeare\"?")]
    [InlineData("file:", "lacks the path")]
    [InlineData("tokens:", "lacks the path")]
    [InlineData("data/train.bin", "did you mean \"tokens:data/train.bin\"?")]
    [InlineData("additon", "did you mean \"addition\"?")]
    public void Data_that_does_not_exist_gets_a_suggestion(string data, string expected) => Assert.Contains(expected, Refusal(("data", Text(data))));

    [Theory]
    [InlineData("width", 130, "attention_heads", 4, "width 130 is not divisible by attention_heads 4; the nearest width that is: 128")]
    [InlineData("heads", 9, "context", 8, "heads 9 is more than context 8")]
    [InlineData("accumulation", 3, "batch_size", 8, "accumulation 3 does not divide batch_size 8 into equal parts; write 2, or another batch_size")]
    [InlineData("adam_every", 11, "steps", 10, "adam_every 11 is more than steps 10; AdamW would never act")]
    [InlineData("untie_at", 11, "steps", 10, "untie_at 11 is after the last of 10 steps")]
    [InlineData("min_learning_rate", 0.5, "learning_rate", 0.1, "min_learning_rate 0.5 is above learning_rate 0.1")]
    [InlineData("warmup_steps", 300, "steps", 200, "warmup_steps 300 is more than decay_steps 200")]
    public void Contradictions_are_refused(string name, double value, string other, double otherValue, string expected) =>
        Assert.Contains(expected, Refusal((name, Of(value)), (other, Of(otherValue))));

    private static string Refusal(params (string, ParameterValue)[] parameters) =>
        Assert.Throws<GptParameterException>(() => TrainingOptions.FromParameters(Parameters(parameters), 1)).Message;

    private static Dictionary<string, ParameterValue> Parameters(params (string Name, ParameterValue Value)[] parameters) =>
        parameters.ToDictionary(pair => pair.Name, pair => pair.Value);

    private static ParameterValue Of(double value) => ParameterValue.Of(value);

    private static ParameterValue Text(string value) => ParameterValue.Of(value);

    [Theory]
    [InlineData("8", 1, new[] { 1, 2, 4, 8, 8 })]
    [InlineData("12", 3, new[] { 3, 6, 12, 12 })]
    [InlineData("15", 1, new[] { 1, 3, 15, 15 })]
    [InlineData("7", 1, new[] { 1, 7, 7 })]
    [InlineData("1", 1, new[] { 1, 1 })]
    [InlineData("4 -> 6 -> 12", 1, new[] { 1, 2, 2 })]
    public void Smaller_parts_are_half_as_large_or_the_next_that_divide_every_batch(string batchSize, int accumulation, int[] parts)
    {
        var options = new TrainingOptions { BatchSizeSchedule = WholeSchedule.Parse(batchSize), Accumulation = accumulation };
        Assert.Equal(parts, parts.Select((_, times) => options.InSmallerParts(times).Accumulation));
    }
}
