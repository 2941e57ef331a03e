using System.Text.Json;
using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Checkpoints;

/// <summary>Writes the next-token model of a checkpoint as a file that nanoGPT or GPT-2 of Hugging Face's transformers can load.</summary>
public static class WeightExport
{
    /// <summary>
    /// Writes <paramref name="output"/>. Its metadata hold the model's shape as <c>config</c>: nanoGPT's model_args, or the config.json of
    /// transformers. Heads for further tokens are left out.
    /// </summary>
    /// <returns>Size of the file in bytes.</returns>
    /// <exception cref="TrainingException">The checkpoint cannot be read, or its model is not one of these.</exception>
    public static long Write(string checkpoint, WeightFormat format, string output)
    {
        var run = Checkpoint.Describe(checkpoint);
        if (Obstacle(run.Options) is { } obstacle) throw new TrainingException($"The checkpoint {checkpoint} cannot be written with the names of GPT-2: {obstacle}.");
        using var model = Checkpoint.LoadModel(checkpoint);
        if (!model.IsTied)
            throw new TrainingException($"The checkpoint {checkpoint} cannot be written with the names of GPT-2: its output head is not its embedding, as theirs is; train it with tied: true and untie_at: never.");

        using var off = no_grad();
        using var scope = NewDisposeScope();
        var prefix = format == WeightFormat.NanoGpt ? "transformer." : "";
        var tensors = new List<(string, Tensor)>();
        var ours = model.named_parameters().ToArray();
        var trunk = Gpt2Names.TrunkLayers(ours.Select(pair => pair.name));
        foreach (var (name, parameter) in ours)
        {
            if (Gpt2Names.Theirs(Gpt2Names.Base(name, trunk)) is not { } theirs) continue;
            tensors.Add((prefix + theirs, format == WeightFormat.Gpt2 && Gpt2Names.IsConv1D(theirs) ? parameter.transpose(0, 1) : parameter));
            // A bias of zeros is no bias.
            if (format == WeightFormat.Gpt2 && !run.Options.Bias && theirs is not ("wte.weight" or "wpe.weight"))
                tensors.Add((theirs[..^"weight".Length] + "bias", zeros([parameter.size(0)])));
        }
        if (format == WeightFormat.NanoGpt) tensors.Add(("lm_head.weight", model.Output));
        var config = format == WeightFormat.NanoGpt ? NanoGptArguments(run) : Gpt2Config(run);
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["config"] = JsonSerializer.Serialize(config) };
        return Safetensors.Write(output, tensors, metadata).Bytes;
    }

    // Why a model is not nanoGPT's, or null.
    private static string? Obstacle(TrainingOptions options)
    {
        if (options.HeadKind == HeadKind.Linear) return "its next-token head is a linear map (head_kind linear), which GPT-2 does not have";
        if (options.HeadKind == HeadKind.Anticausal && options.Heads > 1) return "its next-token head stands on the further ones (head_kind anticausal)";
        var gpt2 = new TrainingOptions { AttentionHeads = options.AttentionHeads };
        var other = Gpt2Names.Formulas.Select(name => GptParameters.Find(name)!).FirstOrDefault(parameter => !parameter.Read(options).Equals(parameter.Read(gpt2)));
        return other is null ? null : $"its {other.Name} is {other.Read(options)}, and GPT-2's {other.Read(gpt2)}";
    }

    private static Dictionary<string, object> NanoGptArguments(CheckpointDescription run) => new()
    {
        ["n_layer"] = run.Options.Layers, ["n_head"] = run.Options.AttentionHeads, ["n_embd"] = run.Options.Width, ["block_size"] = run.Options.Context,
        ["vocab_size"] = run.Vocabulary, ["bias"] = run.Options.Bias, ["dropout"] = run.Options.Dropout,
    };

    private static Dictionary<string, object> Gpt2Config(CheckpointDescription run) => new()
    {
        ["model_type"] = "gpt2", ["architectures"] = new[] { "GPT2LMHeadModel" }, ["n_layer"] = run.Options.Layers, ["n_head"] = run.Options.AttentionHeads,
        ["n_embd"] = run.Options.Width, ["n_positions"] = run.Options.Context, ["vocab_size"] = run.Vocabulary, ["layer_norm_epsilon"] = 1e-5,
        // The GELU with the error function; "gelu_new", the default, is the tanh approximation.
        ["activation_function"] = "gelu",
        ["tie_word_embeddings"] = true, ["embd_pdrop"] = run.Options.Dropout, ["attn_pdrop"] = run.Options.Dropout, ["resid_pdrop"] = run.Options.Dropout,
    };
}
