using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Checkpoints;

/// <summary>
/// Everything that later steps depend on, in one safetensors file: weights, the optimizer's moments, momenta and pending gradients, the random
/// state, and as JSON metadata the steps (which are also the position in the data and in every schedule), the optimizer's counters, whether
/// the output head is tied, and the run's parameters, so that a file can be used without the sweep that it comes from.
/// </summary>
public static class Checkpoint
{
    private const string Key = "sweeps";
    internal const string Model = "model.";
    private const string Optimizer = "optimizer.", RandomState = "random_state";

    /// <summary>Writes <c>step-N.safetensors</c> into a directory.</summary>
    internal static CheckpointNotice Save(string directory, Gpt model, Optimizer optimizer, Progress progress)
    {
        using var scope = NewDisposeScope();
        var tensors = new List<(string, Tensor)>();
        foreach (var (name, parameter) in model.named_parameters()) tensors.Add((Model + name, parameter));
        foreach (var (name, tensor) in optimizer.Tensors) tensors.Add((Optimizer + name, tensor));
        tensors.Add((RandomState, get_rng_state()));
        var rest = progress with { Tied = model.IsTied, OptimizerSteps = optimizer.AdamW.States.ToDictionary(s => s.Name, s => s.Steps) };

        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, $"step-{progress.Step:D8}.safetensors");
        var (sha256, bytes) = Safetensors.Write(path, tensors, new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(rest) });
        return new CheckpointNotice(progress.Step, path, sha256, bytes);
    }

    /// <summary>Puts a model and its optimizer, both fresh, into the state of a checkpoint; <paramref name="untie"/> unties both
    /// where the checkpoint is untied and the model is not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">Its SHA-256 when it was written, hexadecimal; null when that is not known.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="untie">Unties both.</param>
    /// <exception cref="DamagedCheckpointException">The file is damaged or missing.</exception>
    /// <exception cref="TrainingException">It is of another model.</exception>
    internal static Progress Load(string path, string? sha256, Gpt model, Optimizer optimizer, Action untie)
    {
        var (tensors, progress) = ReadForResuming(path, sha256);
        using var off = no_grad();
        if (!progress.Tied && model.IsTied) untie();
        foreach (var (name, parameter) in model.named_parameters()) Copy(path, tensors, Model + name, parameter);
        foreach (var state in optimizer.AdamW.States)
        {
            if (!progress.OptimizerSteps.TryGetValue(state.Name, out var steps)) throw Other(path, state.Name);
            state.Steps = steps;
            if (tensors.ContainsKey(Optimizer + Training.Optimizer.PendingOf(state))) state.Pending = zeros_like(state.Parameter).DetachFromDisposeScope();
        }
        foreach (var (name, tensor) in optimizer.Tensors) Copy(path, tensors, Optimizer + name, tensor);
        set_rng_state(tensors[RandomState]);
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return progress;
    }

    /// <summary>What a checkpoint says of the run that wrote it; no tensor is read.</summary>
    /// <exception cref="TrainingException">The file is damaged, or its parameters are missing or not known to this version.</exception>
    public static CheckpointDescription Describe(string path) => Describe(path, Read(path, "give another one", _ => false).Progress);

    /// <summary>
    /// The model of a checkpoint with its weights, not training (<c>eval</c>), without the optimizer; the caller owns it. Building it seeds
    /// libtorch's generator.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where its parameters go; the CPU when it is null.</param>
    /// <exception cref="TrainingException">The file is damaged, or its parameters are missing or not known to this version.</exception>
    public static Gpt LoadModel(string path, Device? device = null)
    {
        var (tensors, progress) = Read(path, "give another one", name => name.StartsWith(Model, StringComparison.Ordinal));
        var run = Describe(path, progress);
        var model = new Gpt(run.Options, run.Vocabulary).to(device ?? CPU);
        using var off = no_grad();
        if (!progress.Tied && model.IsTied) model.Untie();
        foreach (var (name, parameter) in model.named_parameters()) Copy(path, tensors, Model + name, parameter);
        foreach (var tensor in tensors.Values) tensor.Dispose();
        model.eval();
        return model;
    }

    /// <summary>Whether a tensor belongs to the optimizer or the random state.</summary>
    internal static bool IsOnlyForResuming(string name) => name == RandomState || name.StartsWith(Optimizer, StringComparison.Ordinal);

    private static CheckpointDescription Describe(string path, Progress progress)
    {
        if (progress.Run is not { } run)
            throw new TrainingException($"The checkpoint {path} was written by an earlier version and does not say which parameters it was trained with; continue its run to get one that does.");
        try
        {
            return new CheckpointDescription
            {
                Step = progress.Step, Options = TrainingOptions.FromParameters(run.Parameters, run.Seed),
                Data = run.Data, DataSha256 = run.DataSha256, Vocabulary = run.Vocabulary,
            };
        }
        catch (GptParameterException e)
        {
            throw new TrainingException($"The checkpoint {path} was written by another version: {e.Message}.");
        }
    }

    private static (Dictionary<string, Tensor> Tensors, Progress Progress) ReadForResuming(string path, string? sha256)
    {
        try
        {
            return Read(path, "the stage begins from the one before", sha256: sha256);
        }
        catch (TrainingException e)
        {
            throw new DamagedCheckpointException(e.Message, e);
        }
    }

    private static (Dictionary<string, Tensor> Tensors, Progress Progress) Read(string path, string fix, Func<string, bool>? wanted = null, string? sha256 = null)
    {
        try
        {
            var (tensors, metadata) = Safetensors.Read(path, wanted, sha256);
            return (tensors, JsonSerializer.Deserialize<Progress>(metadata[Key])!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or KeyNotFoundException or JsonException)
        {
            throw new TrainingException($"The checkpoint {path} cannot be read ({e.Message.TrimEnd('.')}); {fix}.", e);
        }
    }

    private static void Copy(string path, Dictionary<string, Tensor> tensors, string name, Tensor target)
    {
        if (!tensors.TryGetValue(name, out var source) || !source.shape.SequenceEqual(target.shape)) throw Other(path, name);
        target.copy_(source);
    }

    private static TrainingException Other(string path, string name) => new($"The checkpoint {path} belongs to another model: {name} is missing or of another shape.");

    /// <summary>The part of a checkpoint that is not tensors.</summary>
    internal sealed record Progress(int Step, double Seconds)
    {
        public bool Tied { get; init; } = true;

        public Dictionary<string, int> OptimizerSteps { get; init; } = [];

        /// <summary>The run; null in files of versions that did not write it.</summary>
        public Origin? Run { get; init; }
    }

    /// <summary>The run that wrote a checkpoint; <paramref name="WeightsSha256"/> is the hash of the file that it began with, or null for fresh weights.</summary>
    internal sealed record Origin(
        IReadOnlyDictionary<string, ParameterValue> Parameters, int Seed, string Data, string DataSha256, int Vocabulary, string? WeightsSha256 = null);
}
