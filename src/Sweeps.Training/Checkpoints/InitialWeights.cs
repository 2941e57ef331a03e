using System.Text.Json;
using System.Text.Json.Nodes;
using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Checkpoints;

/// <summary>
/// The weights that a run begins with when it does not begin from scratch (<c>init_from</c>): those of a checkpoint, or of a file with the names
/// of nanoGPT or GPT-2, told apart by names and shapes. Every weight of the base model comes from the file; heads for further tokens that the
/// file lacks keep their fresh ones.
/// </summary>
/// <remarks>
/// Three differences in shape are allowed. The file's positions may be more than the context: the first ones are taken (nanoGPT's
/// crop_block_size). The vocabulary may be padded to a multiple of 64, as nanoGPT pads GPT-2's 50257 to 50304, on either side: rows that only
/// the file has are dropped, and rows that only the model has are the mean of the file's, which moves the probability of the other tokens
/// least (Hewitt 2021, "Initializing new word embeddings for pretrained language models"). And a bias of zeros is no bias.
/// What no shape tells, such as the number of attention heads, is compared where the file says it; files of others are taken at the options' word.
/// </remarks>
internal sealed class InitialWeights
{
    private const long PaddingMultiple = 64;
    private static readonly string[] FurtherHeads = ["heads.", "maps.", "modules.", "unembedding"];

    private readonly string path;
    private readonly TrainingOptions options;
    private readonly Dictionary<string, Tensor> tensors;   // by the base model's names, see Gpt2Names.Base

    private InitialWeights(string path, TrainingOptions options, Dictionary<string, Tensor> file, Dictionary<string, string> metadata)
    {
        (this.path, this.options) = (path, options);
        tensors = file.Keys.Any(name => name.EndsWith("wte.weight", StringComparison.Ordinal)) ? FromGpt2(file, metadata)
            : file.ContainsKey(Checkpoint.Model + "output") ? FromCheckpoint(file)
            : throw Error("it holds neither a checkpoint nor weights with the names of nanoGPT or GPT-2", "give another file");
    }

    /// <summary>Copies the weights into a fresh model; <paramref name="untie"/> unties it where the file's output head is not its embedding.</summary>
    /// <exception cref="TrainingException">The file cannot be read or does not fit; the message names the tensor, both shapes and the fix.</exception>
    internal static void Load(string path, Gpt model, TrainingOptions options, Action untie)
    {
        Dictionary<string, Tensor> file;
        Dictionary<string, string> metadata;
        try
        {
            (file, metadata) = Safetensors.Read(path, name => !Checkpoint.IsOnlyForResuming(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TrainingException($"The weights of init_from {path} cannot be read ({e.Message}); give the path of a safetensors file, or scratch.");
        }
        try
        {
            using var off = no_grad();
            using var scope = NewDisposeScope();
            new InitialWeights(path, options, file, metadata).CopyTo(model, untie);
        }
        finally
        {
            foreach (var tensor in file.Values) tensor.Dispose();
        }
    }

    private void CopyTo(Gpt model, Action untie)
    {
        if (tensors.ContainsKey("embedding"))
        {
            if (model.IsTied && options.UntieAtStep != 0) throw Error("its output head is not its embedding", "write tied: false");
            if (model.IsTied) untie();
        }
        var trunk = Gpt2Names.TrunkLayers(model.named_parameters().Select(pair => pair.name));
        var parameters = model.named_parameters().Select(pair => (Name: Gpt2Names.Base(pair.name, trunk), pair.parameter)).ToArray();
        var unknown = tensors.Keys.Except(parameters.Select(pair => pair.Name)).Where(name => !IsOfFurtherHead(name) && !IsZeroBias(name)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (unknown is not null) throw Misfit(unknown, Shape(tensors[unknown]), "missing");
        foreach (var (name, parameter) in parameters)
        {
            if (tensors.TryGetValue(name, out var source)) Copy(name, source, parameter);
            else if (name == "embedding") Copy(name, tensors["output"], parameter);
            else if (!IsOfFurtherHead(name)) throw Misfit(name, "missing", Shape(parameter));
        }
    }

    private void Copy(string name, Tensor source, Tensor target)
    {
        if (name == "positions" && source.dim() == 2 && source.size(0) > target.size(0)) source = source.narrow(0, 0, target.size(0));
        if (IsTable(name) && source.dim() == 2 && source.size(0) != target.size(0)) source = Padded(source, target.size(0));
        if (!source.shape.SequenceEqual(target.shape)) throw Misfit(name, Shape(tensors.GetValueOrDefault(name, source)), Shape(target));
        target.copy_(source);
    }

    // The table with as many rows as are wanted, where that is a matter of padding.
    private static Tensor Padded(Tensor table, long rows)
    {
        var have = table.size(0);
        if (have > rows) return have == UpToMultiple(rows) ? table.narrow(0, 0, rows) : table;
        return rows == UpToMultiple(have) ? cat([table, (table.sum(0, keepdim: true) / have).expand(rows - have, table.size(1))]) : table;
    }

    private static long UpToMultiple(long rows) => (rows + PaddingMultiple - 1) / PaddingMultiple * PaddingMultiple;

    private Dictionary<string, Tensor> FromCheckpoint(Dictionary<string, Tensor> file)
    {
        var run = Checkpoint.Describe(path);
        CheckFormulas(run.Options);
        var named = file.ToDictionary(pair => pair.Key[Checkpoint.Model.Length..], pair => pair.Value);
        var trunk = Gpt2Names.TrunkLayers(named.Keys);
        return named.ToDictionary(pair => Gpt2Names.Base(pair.Key, trunk), pair => pair.Value);
    }

    private Dictionary<string, Tensor> FromGpt2(Dictionary<string, Tensor> file, Dictionary<string, string> metadata)
    {
        CheckFormulas(new TrainingOptions { AttentionHeads = AttentionHeads(metadata) ?? options.AttentionHeads });
        // torch.compile and the language-model class each put a prefix before the names.
        var named = file.ToDictionary(
            pair => pair.Key.Replace("_orig_mod.", "", StringComparison.Ordinal) is var name && name.StartsWith("transformer.", StringComparison.Ordinal) ? name["transformer.".Length..] : name,
            pair => pair.Value);
        var attention = named.Where(pair => pair.Key.EndsWith("attn.c_attn.weight", StringComparison.Ordinal)).Select(pair => pair.Value).FirstOrDefault(tensor => tensor.dim() == 2);
        var isTransposed = attention is not null && attention.size(1) == 3 * attention.size(0);
        var ours = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in named)
        {
            if (Gpt2Names.Ours(name) is { } known) ours[known] = isTransposed && Gpt2Names.IsConv1D(name) ? tensor.transpose(0, 1) : tensor;
            else if (name == "lm_head.weight")
            {
                if (Same(tensor, named["wte.weight"])) continue;
                ours["embedding"] = named["wte.weight"];
            }
            else if (!Gpt2Names.IsMask(name)) throw Error($"its tensor {name} has no place in this model", "give another file");
        }
        if (ours.ContainsKey("embedding")) ours["output"] = named["lm_head.weight"];
        return ours;
    }

    // What the shapes do not tell: with other values the weights would be another function.
    private void CheckFormulas(TrainingOptions there)
    {
        foreach (var name in Gpt2Names.Formulas)
        {
            var parameter = GptParameters.Find(name)!;
            var (theirs, ours) = (parameter.Read(there), parameter.Read(options));
            if (!theirs.Equals(ours)) throw Error($"its {name} is {theirs}, and that of the run {ours}", $"write {name}: {theirs}");
        }
    }

    // Files that this project wrote tell it, others do not.
    private static int? AttentionHeads(Dictionary<string, string> metadata)
    {
        try
        {
            return metadata.TryGetValue("config", out var config) ? (int?)JsonNode.Parse(config)?["n_head"] : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private TrainingException Misfit(string name, string there, string here)
    {
        var fits = new List<string>();
        if (tensors.TryGetValue("output", out var table) && table.dim() == 2)
        {
            fits.Add($"layers: {Gpt2Names.TrunkLayers(tensors.Keys)}");
            fits.Add($"width: {table.size(1)}");
            if (tensors.TryGetValue("positions", out var positions)) fits.Add($"context: {positions.size(0)} or less");
            fits.Add($"bias: {(tensors.Keys.Any(key => key.EndsWith(".bias", StringComparison.Ordinal) && !IsZeroBias(key)) ? "true" : "false")}");
            fits.Add($"and data of {table.size(0)} tokens (for tokens:PATH, vocabulary: {table.size(0)})");
        }
        return Error($"{name} is {there} in the file and {here} in the model", fits.Count == 0 ? "give another file" : $"the file fits {string.Join(", ", fits)}");
    }

    private TrainingException Error(string problem, string fix) => new($"The weights of init_from {path} cannot be used: {problem}; {fix}.");

    private bool IsZeroBias(string name) => !options.Bias && name.EndsWith(".bias", StringComparison.Ordinal) && Same(tensors[name], zeros_like(tensors[name]));

    // One row for every token.
    private static bool IsTable(string name) => name is "output" or "embedding" || name.StartsWith("unembedding", StringComparison.Ordinal);

    private static bool IsOfFurtherHead(string name) =>
        FurtherHeads.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static bool Same(Tensor a, Tensor b) => a.shape.SequenceEqual(b.shape) && a.bytes.SequenceEqual(b.bytes);

    private static string Shape(Tensor tensor) => $"({string.Join(", ", tensor.shape)})";
}
