using System.Globalization;
using System.Text.Json;
using Sweeps.Core.Protocol;
using Sweeps.Core.Schedules;

namespace Sweeps.Core.Gpt;

/// <content>The table itself. Columns: name, group, range, how the option is written and read, what it means.</content>
public static partial class GptParameters
{
    /// <summary>Name of the parameter of <see cref="TrainingOptions.Samples"/>.</summary>
    internal const string SamplesName = "samples";

    private static readonly TrainingOptions Defaults = new();
    private static readonly string[] DataWords = ["tinyshakespeare", "enwik8", "grammar", "addition", "polynomial", "induction"];
    private static readonly string[] DecodeWords = ["off", .. DecodingMethodNames.All];
    private const string AllowedDevices = "auto, cpu, cuda or cuda:N";
    private static readonly string AllowedData = $"{string.Join(", ", DataWords)}, file:PATH or tokens:PATH";

    /// <summary>Every parameter, in the order of <see cref="TrainingOptions"/>.</summary>
    public static IReadOnlyList<GptParameter> All { get; } =
    [
        Choice("preset", "model", TrainingOptions.Presets, (o, v) => o with { Preset = v }, o => o.Preset,
            "Family of the model, whose options are the defaults of those from position to tied, of bias and of dropout", "model_type", "architecture", "arch"),
        Whole("layers", "model", 1, 1000, (o, v) => o with { Layers = v }, o => o.Layers, "Transformer layers, the heads' own not counted",
            "n_layer", "n_layers", "num_layers", "num_hidden_layers", "depth"),
        Whole("attention_heads", "model", 1, 1000, (o, v) => o with { AttentionHeads = v }, o => o.AttentionHeads, "Attention heads of a layer; they divide the width",
            "n_head", "n_heads", "num_heads", "num_attention_heads"),
        Whole("width", "model", 1, 100_000, (o, v) => o with { Width = v }, o => o.Width, "Channels", "n_embd", "d_model", "hidden_size", "embed_dim", "dim", "n_embed"),
        Derived(WholeOverSteps("context", "model", 1_000_000, (o, v) => o with { ContextSchedule = v }, o => o.ContextSchedule, "Tokens of context",
            "block_size", "seq_len", "sequence_length", "context_length", "max_position_embeddings", "n_ctx", "n_positions"),
            "64; for addition and polynomial what their longest example needs"),
        Derived(Number("dropout", "model", 0, 1, open: true, (o, v) => o with { Dropout = v }, o => o.Dropout, "Dropout probability of embedding, attention and residual",
            "resid_pdrop", "embd_pdrop", "attn_pdrop"), "0; mingpt: 0.1"),
        Derived(Switch("bias", "model", (o, v) => o with { Bias = v }, o => o.Bias, "Whether linear layers and layer norms have a bias; the output head has none", "use_bias"),
            "false; mingpt: true"),
        Derived(Choice("position", "model", Words<PositionKind>(), (o, v) => o with { Position = Word<PositionKind>(v) }, o => Word(o.Position),
            "How the model knows where a token stands", "position_embedding_type", "positional_encoding", "pos_emb", "rope"), "learned; modern: rotary"),
        Derived(Choice("norm", "model", Words<NormKind>(), (o, v) => o with { Norm = Word<NormKind>(v) }, o => Word(o.Norm),
            "What stands before attention, the MLP and the output head; rmsnorm has no gain", "norm_type", "normalization"), "layernorm; modern: rmsnorm"),
        Derived(Switch("qk_norm", "model", (o, v) => o with { QkNorm = v }, o => o.QkNorm, "Whether queries and keys are divided by their root mean square",
            "qk_layernorm", "use_qk_norm"), "false; modern: true"),
        Derived(Choice("activation", "model", Words<Activation>(), (o, v) => o with { Activation = Word<Activation>(v) }, o => Word(o.Activation),
            "The MLP's nonlinearity", "hidden_act", "activation_function", "nonlinearity"), "gelu; modern: relu_squared"),
        Derived(Switch("zero_init_projections", "model", (o, v) => o with { ZeroInitProjections = v }, o => o.ZeroInitProjections,
            "Whether residual projections begin at zero, and an output head that is not tied", "zero_init", "zero_init_proj"), "false; modern: true"),
        Derived(Number("logit_softcap", "model", 0, 1e6, open: false, (o, v) => o with { LogitSoftcap = v }, o => o.LogitSoftcap,
            "a in the soft-cap a * sigmoid(z / b) of the logits; 0 for none", "softcap", "final_logit_softcapping", "logit_cap", "logit_soft_cap"), "0; modern: 30"),
        Derived(Number("logit_softcap_scale", "model", 0, 1e6, open: false, (o, v) => o with { LogitSoftcapScale = v }, o => o.LogitSoftcapScale,
            "b in the soft-cap a * sigmoid(z / b)"), "logit_softcap / 4"),
        Derived(Switch("tied", "model", (o, v) => o with { Tied = v }, o => o.Tied, "Whether the output head begins as the embedding",
            "tie_weights", "tie_word_embeddings", "weight_tying", "tie_embeddings"), "true; modern and mingpt: false, where untie_at is not given"),
        OrOff(Choice("time_weighting", "model", Words<TimeWeighting>(), (o, v) => o with { TimeWeighting = Word<TimeWeighting>(v) }, o => Word(o.TimeWeighting),
            "Learned factors on attention's weights after the softmax")),
        Switch("time_mixing", "model", (o, v) => o with { TimeMixing = v }, o => o.TimeMixing,
            "Whether attention sees the first half of its channels one position late", "token_shift", "time_shift"),
        Whole("heads", "model", 1, 64, (o, v) => o with { Heads = v }, o => o.Heads, "Future tokens to predict; 1 is the ordinary language model",
            "n_future", "n_future_tokens", "num_future_tokens", "mtp", "n_token_heads", "future_tokens"),
        Choice("head_kind", "model", Words<HeadKind>(), (o, v) => o with { HeadKind = Word<HeadKind>(v) }, o => Word(o.HeadKind), "How the heads are built", "head_type"),
        Switch("match_parameters", "model", (o, v) => o with { MatchParameters = v }, o => o.MatchParameters,
            "Whether the trunk gives a layer for every head beyond the first"),
        Switch("shared_module", "model", (o, v) => o with { SharedModule = v }, o => o.SharedModule, "Whether the modules of deepseek heads share their weights"),
        new()
        {
            Name = "loss_weights", Group = "loss", Kind = GptParameterKind.Text, Default = "shared heads: [1, 0.5, 0.25, ...]; others: [1, 1, 1, ...]",
            Allowed = "weights such as [1, 0.5], with phases and ramps such as \"[1, 0.5->0] -> [1]\"", Synonyms = ["mtp_weights", "weights", "loss_weight"],
            Doc = "Weight of each future token's loss over the steps",
            Check = LossWeightsProblem, Apply = (o, v) => o with { LossWeights = LossWeightSchedule.Parse(v.ToString()) },
            Read = o => ParameterValue.Of(o.LossWeights.Text),
        },
        Switch("normalize_weights", "loss", (o, v) => o with { NormalizeWeights = v }, o => o.NormalizeWeights, "Whether loss weights are divided by their sum"),
        Choice("document_boundary", "loss", Words<DocumentBoundary>(), (o, v) => o with { DocumentBoundary = Word<DocumentBoundary>(v) },
            o => Word(o.DocumentBoundary), "Whether targets may lie in the next document"),
        Choice("backward", "loss", Words<BackwardMode>(), (o, v) => o with { Backward = Word<BackwardMode>(v) }, o => Word(o.Backward),
            "How the gradients of several heads are computed"),
        Choice("precision", "training", Words<Precision>(), (o, v) => o with { Precision = Word<Precision>(v) }, o => Word(o.Precision),
            "Numbers that products are computed in; weights and optimizer are in 32 bits with either", "dtype", "mixed_precision", "amp", "autocast", "torch_dtype"),
        new()
        {
            Name = "untie_at", Group = "model", Kind = GptParameterKind.Text, Default = "never", Allowed = UntieAt.Allowed, IsContinuous = true,
            Synonyms = ["untie", "untie_step", "untie_at_step"],
            Doc = "When the output head stops being the embedding",
            Check = value => UntieAt.From(value) is null ? $"untie_at is {UntieAt.Allowed}, not {Shown(value)}" : null,
            Apply = (o, v) => o with { UntieAtStep = UntieAt.From(v)!.StepOf(o.Steps) },
            Read = o => o.UntieAtStep is { } step ? ParameterValue.Of(step) : ParameterValue.Of("never"),
        },
        new()
        {
            Name = "init_from", Group = "model", Kind = GptParameterKind.Text, Default = Defaults.InitFrom, Allowed = "scratch, or the path of a safetensors file",
            Synonyms = ["init_checkpoint", "pretrained", "pretrained_model", "from_pretrained", "model_name_or_path", "init_weights"],
            Doc = "What the weights are at first: fresh, or those of a checkpoint or of a file with the names of nanoGPT or GPT-2",
            Check = InitFromProblem, Apply = (o, v) => o with { InitFrom = v.AsString! }, Read = o => ParameterValue.Of(o.InitFrom),
        },
        new()
        {
            Name = "data", Group = "training", Kind = GptParameterKind.Text, Default = Defaults.Data, Allowed = AllowedData,
            Synonyms = ["dataset", "data_dir", "dataset_name", "corpus"], Doc = "The text or the task",
            Check = DataProblem, Apply = (o, v) => o with { Data = v.AsString! }, Read = o => ParameterValue.Of(o.Data),
        },
        Whole("vocabulary", "data", 2, 65_536, (o, v) => o with { Vocabulary = v }, o => o.Vocabulary, "Number of different tokens, of data tokens:PATH",
            "vocab_size", "n_vocab"),
        Whole("pad_vocabulary_to_multiple_of", "data", 1, 65_536, (o, v) => o with { PadVocabularyToMultipleOf = v }, o => o.PadVocabularyToMultipleOf,
            "What the number of different tokens is rounded up to a multiple of, with tokens that are never seen", "pad_to_multiple_of", "make_vocab_size_divisible_by"),
        Whole("digits", "data", 1, 18, (o, v) => o with { Digits = v }, o => o.Digits, "Digits of each number, of data addition", "ndigit", "n_digits", "num_digits"),
        Switch("reversed", "data", (o, v) => o with { Reversed = v }, o => o.Reversed, "Whether the sum is written from its last digit on, of data addition",
            "reverse", "reversed_sum"),
        Whole("operations", "data", 1, 1000, (o, v) => o with { Operations = v }, o => o.Operations, "Most operations of an expression, of data polynomial",
            "n_operations", "num_operations", "max_operations", "n_ops"),
        Whole("ood_operations", "data", 0, 1000, (o, v) => o with { OodOperations = v }, o => o.OodOperations,
            "Most operations of the expressions beyond training that data polynomial is tested on, as ood_accuracy; 0 for no such test"),
        WholeOverSteps("batch_size", "training", 1_000_000, (o, v) => o with { BatchSizeSchedule = v }, o => o.BatchSizeSchedule, "Sequences of a step",
            "batch", "train_batch_size", "per_device_train_batch_size", "micro_batch_size"),
        Whole("accumulation", "training", 1, 1_000_000, (o, v) => o with { Accumulation = v }, o => o.Accumulation,
            "Parts that a batch is computed in, for less memory; they divide the batch size",
            "gradient_accumulation_steps", "grad_accum_steps", "gradient_accumulation", "grad_accum", "accumulation_steps", "accumulate_grad_batches"),
        Whole("steps", "training", 1, int.MaxValue, (o, v) => o with { Steps = v }, o => o.Steps, "Optimizer steps of the whole run",
            "max_iters", "max_steps", "num_steps", "iterations", "n_steps", "iters", "num_iterations", "train_steps"),
        Choice("optimizer", "optimizer", Words<OptimizerKind>(), (o, v) => o with { Optimizer = Word<OptimizerKind>(v) }, o => Word(o.Optimizer),
            "AdamW for all weights, or Muon for the matrices of the layers", "optim", "optimizer_name", "opt"),
        Number("learning_rate", "optimizer", 0, 1000, open: false, (o, v) => o with { LearningRate = v }, o => o.LearningRate, "Peak learning rate", "lr", "max_lr", "peak_lr"),
        Choice("learning_rate_schedule", "optimizer", Words<LearningRateShape>(), (o, v) => o with { LearningRateSchedule = Word<LearningRateShape>(v) },
            o => Word(o.LearningRateSchedule), "The learning rate's way from its peak to its floor", "lr_schedule", "lr_scheduler", "lr_scheduler_type", "scheduler"),
        Derived(Number("min_learning_rate", "optimizer", 0, 1000, open: false, (o, v) => o with { MinLearningRate = v }, o => o.MinLearningRate,
            "Learning rate after the decay", "min_lr", "final_lr", "lr_min"), "learning_rate / 10"),
        Derived(Whole("warmup_steps", "optimizer", 0, int.MaxValue, (o, v) => o with { WarmupSteps = v }, o => o.WarmupSteps, "Steps of linear warm-up",
            "warmup_iters", "warmup", "num_warmup_steps"), "100, at most a tenth of the steps"),
        Derived(Whole("warmup_tokens", "optimizer", 0, int.MaxValue, (o, v) => o with { WarmupTokens = v }, o => o.WarmupTokens,
            "Training tokens of linear warm-up, of learning_rate_schedule mingpt"), "10240, at most a tenth of the tokens"),
        Derived(Whole("decay_steps", "optimizer", 0, int.MaxValue, (o, v) => o with { DecaySteps = v }, o => o.DecaySteps,
            "Step at which the learning rate has decayed", "lr_decay_iters", "lr_decay_steps", "decay_iters"), "steps"),
        Whole("adam_every", "optimizer", 1, 1_000_000, (o, v) => o with { AdamEvery = v }, o => o.AdamEvery, "Steps whose gradients AdamW adds up before it acts"),
        Number("beta1", "optimizer", 0, 1, open: true, (o, v) => o with { Beta1 = v }, o => o.Beta1, "AdamW's first-moment decay", "adam_beta1"),
        Number("beta2", "optimizer", 0, 1, open: true, (o, v) => o with { Beta2 = v }, o => o.Beta2, "AdamW's second-moment decay", "adam_beta2"),
        Number("muon_learning_rate", "optimizer", 0, 1000, open: false, (o, v) => o with { MuonLearningRate = v }, o => o.MuonLearningRate,
            "Peak learning rate of the matrices of optimizer muon", "muon_lr", "matrix_lr"),
        Number("muon_momentum", "optimizer", 0, 1, open: true, (o, v) => o with { MuonMomentum = v }, o => o.MuonMomentum, "Muon's momentum", "momentum"),
        Number("weight_decay", "optimizer", 0, 1000, open: false, (o, v) => o with { WeightDecay = v }, o => o.WeightDecay,
            "Decoupled weight decay of matrices", "wd", "decay"),
        new()
        {
            Name = "cautious_decay", Group = "optimizer", Kind = GptParameterKind.Text, Default = "off", Allowed = "off, \">=\" or \">\"", Synonyms = ["cautious_weight_decay"],
            Doc = "Whether decay is left out where it works against the update",
            Check = value => Cautious(value) is null ? $"cautious_decay is off, \">=\" or \">\", not {Shown(value)}" : null,
            Apply = (o, v) => o with { CautiousDecay = Cautious(v)!.Value },
            Read = o => ParameterValue.Of(o.CautiousDecay switch { CautiousDecay.NotAgainst => ">=", CautiousDecay.Along => ">", _ => "off" }),
        },
        Number("gradient_clip", "optimizer", 0, 1e9, open: false, (o, v) => o with { GradientClip = v }, o => o.GradientClip,
            "Largest global gradient norm; 0 for no clipping", "grad_clip", "clip", "max_grad_norm", "grad_norm_clip", "clip_grad_norm"),
        Whole("eval_every", "evaluation", 1, int.MaxValue, (o, v) => o with { EvalEvery = v }, o => o.EvalEvery, "Steps between validations; the last step is always validated",
            "eval_interval", "eval_steps", "val_every", "val_loss_every"),
        Whole("eval_batches", "evaluation", 1, 1_000_000, (o, v) => o with { EvalBatches = v }, o => o.EvalBatches, "Batches of a validation", "eval_iters", "val_batches"),
        Whole("log_every", "evaluation", 1, int.MaxValue, (o, v) => o with { LogEvery = v }, o => o.LogEvery, "Steps between training-loss points", "log_interval", "logging_steps"),
        Whole("checkpoint_every", "training", 0, int.MaxValue, (o, v) => o with { CheckpointEvery = v }, o => o.CheckpointEvery,
            "Steps between intermediate checkpoints; 0 for one at the end only", "save_steps", "save_every", "checkpoint_interval", "save_interval"),
        OrOff(Choice("decode_method", "decoding", DecodeWords, (o, v) => o with { DecodeMethod = v == "off" ? null : DecodingMethodNames.Parse(v) },
            o => o.DecodeMethod?.Name() ?? "off", "Method of decoding that is measured at the end, beside base, as decode_tokens_per_second, decode_speedup and decode_accepted_per_round",
            "decoding_method", "decode")),
        Whole("decode_gamma", "decoding", 1, 1000, (o, v) => o with { DecodeGamma = v }, o => o.DecodeGamma, "Most tokens that decode_method draft and early_exit draft in a round",
            "gamma", "num_speculative_tokens", "num_assistant_tokens"),
        new()
        {
            Name = "decode_draft", Group = "decoding", Kind = GptParameterKind.Text, Default = "none", Allowed = "none, or the path of a checkpoint", Synonyms = ["draft_model", "assistant_model"],
            Doc = "Checkpoint of the smaller model that drafts for decode_method draft",
            Check = value => value.AsString is { Length: > 0 } ? null : $"decode_draft is none, or the path of a checkpoint, not {Shown(value)}",
            Apply = (o, v) => o with { DecodeDraft = v.AsString == "none" ? null : v.AsString }, Read = o => ParameterValue.Of(o.DecodeDraft ?? "none"),
        },
        Number("decode_temperature", "decoding", 0, 1000, open: false, (o, v) => o with { DecodeTemperature = v }, o => o.DecodeTemperature,
            "Temperature of decode_method; 0 always takes the likeliest token", "temperature"),
        Whole(SamplesName, "decoding", 0, TextSample.Most, (o, v) => o with { Samples = v }, o => o.Samples,
            "Texts that the model writes at the end of the run, shown with it; of a task answers to validation questions", "num_samples"),
        new()
        {
            Name = "device", Group = "training", Kind = GptParameterKind.Text, Default = Defaults.Device, Allowed = AllowedDevices, Synonyms = ["accelerator"],
            Doc = "Where it trains; auto takes a GPU where there is one",
            Check = DeviceProblem, Apply = (o, v) => o with { Device = v.AsString! }, Read = o => ParameterValue.Of(o.Device),
        },
        Number("peak_tflops", "training", 0, 1e9, open: false, (o, v) => o with { PeakTflops = v }, o => o.PeakTflops,
            "What the device can do at most, in TFLOP/s, for the metric mfu; 0 for what is known of the GPU", "flops_promised", "peak_flops"),
    ];

    private static GptParameter Whole(string name, string group, int minimum, int maximum, Func<TrainingOptions, int, TrainingOptions> apply,
        Func<TrainingOptions, int> read, string doc, params string[] synonyms)
    {
        var allowed = maximum == int.MaxValue ? $"a whole number from {minimum} on" : $"a whole number from {minimum} to {maximum}";
        return new GptParameter
        {
            Name = name, Group = group, Kind = GptParameterKind.Integer, Allowed = allowed, Doc = doc, Synonyms = synonyms,
            Default = read(Defaults).ToString(CultureInfo.InvariantCulture),
            Check = value => value.AsLong is { } number && number >= minimum && number <= maximum ? null : $"{name} is {allowed}, not {Shown(value)}",
            Apply = (options, value) => apply(options, (int)value.AsLong!.Value),
            Read = options => ParameterValue.Of(read(options)),
        };
    }

    // A whole number that may change over the steps.
    private static GptParameter WholeOverSteps(string name, string group, int maximum, Func<TrainingOptions, WholeSchedule, TrainingOptions> apply,
        Func<TrainingOptions, WholeSchedule> read, string doc, params string[] synonyms)
    {
        var allowed = $"a whole number from 1 to {maximum}, or several in turn such as \"4 -> 8\"";
        return new GptParameter
        {
            Name = name, Group = group, Kind = GptParameterKind.Integer, Allowed = allowed, Doc = doc, Synonyms = synonyms, Default = read(Defaults).Text,
            Check = Problem, Apply = (options, value) => apply(options, WholeSchedule.Parse(value.ToString())),
            Read = options => read(options) is var schedule && schedule.IsConstant ? ParameterValue.Of(schedule.Largest) : ParameterValue.Of(schedule.Text),
        };

        string? Problem(ParameterValue value)
        {
            // A number in quotes would be another value than the number.
            if (value.AsLong is null && (value.AsString is not { } text || double.TryParse(text, CultureInfo.InvariantCulture, out _)))
                return $"{name} is {allowed}, not {Shown(value)}";
            try
            {
                return WholeSchedule.Parse(value.ToString()).Largest <= maximum ? null : $"{name} is {allowed}, not {Shown(value)}";
            }
            catch (FormatException error)
            {
                return value.AsLong is null ? $"{name} {error.Message}" : $"{name} is {allowed}, not {Shown(value)}";
            }
        }
    }

    private static GptParameter Number(string name, string group, double minimum, double maximum, bool open, Func<TrainingOptions, double, TrainingOptions> apply,
        Func<TrainingOptions, double> read, string doc, params string[] synonyms)
    {
        var allowed = open ? $"a number from {minimum} to below {maximum}" : $"a number from {minimum} to {maximum}";
        return new GptParameter
        {
            Name = name, Group = group, Kind = GptParameterKind.Real, Allowed = allowed, Doc = doc, Synonyms = synonyms, IsContinuous = true,
            Default = read(Defaults).ToString("R", CultureInfo.InvariantCulture),
            Check = value => value.AsDouble is { } number && number >= minimum && (open ? number < maximum : number <= maximum)
                ? null : $"{name} is {allowed}, not {Shown(value)}",
            Apply = (options, value) => apply(options, value.AsDouble!.Value),
            Read = options => ParameterValue.Of(read(options)),
        };
    }

    private static GptParameter Switch(string name, string group, Func<TrainingOptions, bool, TrainingOptions> apply, Func<TrainingOptions, bool> read,
        string doc, params string[] synonyms) => new()
        {
            Name = name, Group = group, Kind = GptParameterKind.Boolean, Allowed = "true or false", Doc = doc, Synonyms = synonyms,
            Default = read(Defaults) ? "true" : "false",
            Check = value => value.AsBool is null ? $"{name} is true or false, not {Shown(value)}" : null,
            Apply = (options, value) => apply(options, value.AsBool!.Value),
            Read = options => ParameterValue.Of(read(options)),
        };

    private static GptParameter Choice(string name, string group, IReadOnlyList<string> words, Func<TrainingOptions, string, TrainingOptions> apply,
        Func<TrainingOptions, string> read, string doc, params string[] synonyms)
    {
        var allowed = string.Join(", ", words.Take(words.Count - 1)) + " or " + words[^1];
        return new GptParameter
        {
            Name = name, Group = group, Kind = GptParameterKind.Text, Allowed = allowed, Doc = doc, Synonyms = synonyms, Default = read(Defaults),
            Check = value => value.AsString is { } word && words.Contains(word) ? null : $"{name} is {allowed}, not {Shown(value)}{DidYouMean(value, words)}",
            Apply = (options, value) => apply(options, value.AsString!),
            Read = options => ParameterValue.Of(read(options)),
        };
    }

    // YAML reads a bare off as false.
    private static GptParameter OrOff(GptParameter choice) => choice with
    {
        Check = value => value.AsBool == false ? null : choice.Check(value),
        Apply = (options, value) => choice.Apply(options, value.AsBool == false ? ParameterValue.Of("off") : value),
    };

    private static GptParameter Derived(GptParameter parameter, string rule) => parameter with { Default = rule };

    private static string? LossWeightsProblem(ParameterValue value)
    {
        if (value.AsString is null && value.AsList is null)
            return $"loss_weights is written in brackets, such as [1, 0.5], not {Shown(value)}";
        try
        {
            LossWeightSchedule.Parse(value.ToString());
            return null;
        }
        catch (FormatException error)
        {
            return $"loss_weights {error.Message}";
        }
    }

    private static string? DeviceProblem(ParameterValue value) => value.AsString switch
    {
        "auto" or "cpu" or "cuda" => null,
        "gpu" => $"device is {AllowedDevices}, not \"gpu\"; did you mean \"cuda\"?",
        { } text when text.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(text.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _) => null,
        _ => $"device is {AllowedDevices}, not {Shown(value)}{DidYouMean(value, ["auto", "cpu", "cuda"])}",
    };

    private static string? InitFromProblem(ParameterValue value) => value.AsString switch
    {
        null or "" => $"init_from is scratch, or the path of a safetensors file, not {Shown(value)}",
        "resume" => "init_from is scratch, or the path of a safetensors file; a run that was stopped goes on from its checkpoint by itself",
        var text when text.StartsWith("gpt2", StringComparison.Ordinal) && !text.Contains('.') && !text.Contains('/') =>
            $"init_from does not download {text}; give the path of its model.safetensors",
        _ => null,
    };

    private static string? DataProblem(ParameterValue value)
    {
        if (value.AsString is not { } text) return $"data is {AllowedData}, not {Shown(value)}";
        if (DataWords.Contains(text)) return null;
        foreach (var prefix in new[] { "file:", "tokens:" })
        {
            if (text == prefix) return $"data \"{prefix}\" lacks the path behind the colon";
            if (text.StartsWith(prefix, StringComparison.Ordinal)) return null;
        }
        var hint = text.EndsWith(".bin", StringComparison.Ordinal) ? $"; did you mean \"tokens:{text}\"?"
            : text.Contains('/') || text.EndsWith(".txt", StringComparison.Ordinal) ? $"; did you mean \"file:{text}\"?"
            : DidYouMean(value, DataWords);
        return $"data is {AllowedData}, not {Shown(value)}{hint}";
    }

    // YAML reads a bare off as false.
    private static CautiousDecay? Cautious(ParameterValue value) => value switch
    {
        { AsBool: false } or { AsString: "off" } => CautiousDecay.Off,
        { AsString: ">=" } => CautiousDecay.NotAgainst,
        { AsString: ">" } => CautiousDecay.Along,
        _ => null,
    };

    private static string DidYouMean(ParameterValue value, IEnumerable<string> words) =>
        value.AsString is { } text && Nearest.To(text, words) is { } near ? $"; did you mean \"{near}\"?" : "";

    internal static string Shown(ParameterValue value) => value switch
    {
        { IsNull: true } => "empty",
        { AsString: { } text } => double.TryParse(text, CultureInfo.InvariantCulture, out _) ? $"the text \"{text}\" (remove its quotes)" : $"\"{text}\"",
        { AsList: not null } => $"the list {value}",
        _ => value.ToString(),
    };

    private static string[] Words<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(Word)];

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static T Word<T>(string word) where T : struct, Enum => Enum.GetValues<T>().Single(value => Word(value) == word);
}
