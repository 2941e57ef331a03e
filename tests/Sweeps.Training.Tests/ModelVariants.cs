using Sweeps.Core.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests;

/// <summary>The presets, and each option of the model on its own.</summary>
internal static class ModelVariants
{
    private static readonly Dictionary<string, TrainingOptions> All = new()
    {
        ["nanogpt"] = TrainingOptions.OfPreset("nanogpt"),
        ["modern"] = TrainingOptions.OfPreset("modern"),
        ["mingpt"] = TrainingOptions.OfPreset("mingpt"),
        ["rotary"] = new() { Position = PositionKind.Rotary },
        ["rmsnorm"] = new() { Norm = NormKind.Rmsnorm },
        ["qk_norm"] = new() { QkNorm = true },
        ["relu_squared"] = new() { Activation = Activation.ReluSquared },
        ["softcap"] = new() { LogitSoftcap = 4, LogitSoftcapScale = 1 },
        ["untied"] = new() { Tied = false },
        ["time weights"] = new() { TimeWeighting = TimeWeighting.Full },
        ["circulant time weights"] = new() { TimeWeighting = TimeWeighting.Circulant },
        ["time mixing"] = new() { TimeMixing = true },
        ["modern, tuned"] = TrainingOptions.OfPreset("modern") with { TimeWeighting = TimeWeighting.Circulant, TimeMixing = true },
    };

    internal static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Every kind of head.</summary>
    public static TheoryData<HeadKind> HeadKinds => [.. Enum.GetValues<HeadKind>()];

    /// <summary>A small model of that name, without dropout.</summary>
    internal static TrainingOptions Small(string name) => All[name] with { Layers = 3, AttentionHeads = 2, Width = 16, Context = 8, BatchSize = 2, Dropout = 0 };

    /// <summary>A model whose every parameter is moved, so that what begins at 0 or 1 takes part.</summary>
    internal static Gpt Moved(TrainingOptions options, int vocabulary)
    {
        var model = new Gpt(options, vocabulary);
        using var off = no_grad();
        foreach (var parameter in model.parameters()) parameter.add_(randn(parameter.shape, parameter.dtype), 0.2);
        return model;
    }
}
