using System.Text.Json;
using Sweeps.Core.Protocol;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Checkpoints;

/// <summary>
/// Everything that later steps depend on, in one safetensors file: weights, the optimizer's moments, momenta and pending gradients, the random
/// state, and as JSON metadata the steps (which are also the position in the data and in every schedule), the optimizer's counters and
/// whether the output head is tied.
/// </summary>
internal static class Checkpoint
{
    private const string Key = "sweeps";
    private const string Model = "model.", Optimizer = "optimizer.", RandomState = "random_state";

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
    /// <exception cref="TrainingException">The file is damaged or of another model.</exception>
    internal static Progress Load(string path, Gpt model, Optimizer optimizer, Action untie)
    {
        Dictionary<string, Tensor> tensors;
        Progress progress;
        try
        {
            (tensors, var metadata) = Safetensors.Read(path);
            progress = JsonSerializer.Deserialize<Progress>(metadata[Key])!;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or KeyNotFoundException or JsonException)
        {
            throw new TrainingException($"The checkpoint {path} cannot be read ({e.Message}); remove it to begin from the one before.");
        }

        using var off = no_grad();
        if (!progress.Tied && model.IsTied) untie();
        foreach (var (name, parameter) in model.named_parameters()) Copy(Model + name, parameter);
        foreach (var state in optimizer.AdamW.States)
        {
            if (!progress.OptimizerSteps.TryGetValue(state.Name, out var steps)) throw Other(state.Name);
            state.Steps = steps;
            if (tensors.ContainsKey(Optimizer + Training.Optimizer.PendingOf(state))) state.Pending = zeros_like(state.Parameter).DetachFromDisposeScope();
        }
        foreach (var (name, tensor) in optimizer.Tensors) Copy(Optimizer + name, tensor);
        set_rng_state(tensors[RandomState]);
        foreach (var tensor in tensors.Values) tensor.Dispose();
        return progress;

        void Copy(string name, Tensor target)
        {
            if (!tensors.TryGetValue(name, out var source) || !source.shape.SequenceEqual(target.shape)) throw Other(name);
            target.copy_(source);
        }

        TrainingException Other(string name) => new($"The checkpoint {path} belongs to another model: {name} is missing or of another shape.");
    }

    /// <summary>The part of a checkpoint that is not tensors.</summary>
    internal sealed record Progress(int Step, double Seconds)
    {
        public bool Tied { get; init; } = true;

        public Dictionary<string, int> OptimizerSteps { get; init; } = [];
    }
}
