using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweeps.Training.Tests.Decoding;

/// <summary>Small models with weights large enough that their logits differ clearly from token to token.</summary>
internal static class DecodingModels
{
    public const int Vocabulary = 7;

    public static TrainingOptions Small { get; } = new() { Layers = 3, AttentionHeads = 2, Width = 16, Context = 24, BatchSize = 2, Bias = true };

    /// <summary>Every preset, and what changes attention beside them.</summary>
    public static TheoryData<string> Variants => ["nanogpt", "modern", "mingpt", "time_weighting", "circulant", "time_mixing"];

    /// <summary>The options of a variant.</summary>
    public static TrainingOptions Of(string variant)
    {
        var options = TrainingOptions.Presets.Contains(variant) ? TrainingOptions.OfPreset(variant) : TrainingOptions.OfPreset("mingpt");
        return options with
        {
            Layers = Small.Layers, AttentionHeads = Small.AttentionHeads, Width = Small.Width, Context = Small.Context,
            TimeWeighting = variant switch { "time_weighting" => TimeWeighting.Full, "circulant" => TimeWeighting.Circulant, _ => TimeWeighting.Off },
            TimeMixing = variant is "time_mixing" or "circulant",
        };
    }

    /// <summary>A model whose matrices are N(0, <paramref name="deviation"/>).</summary>
    public static Gpt Create(TrainingOptions options, double deviation = 0.3, int vocabulary = Vocabulary)
    {
        var model = new Gpt(options, vocabulary);
        using var off = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.dim() < 2) continue;
            nn.init.normal_(parameter, name.Contains("timeWeights", StringComparison.Ordinal) ? 1 : 0, deviation);
        }
        model.eval();
        return model;
    }

    /// <summary>Uniform tokens.</summary>
    public static long[] Tokens(int count, ulong seed, int vocabulary = Vocabulary)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (long)random.Below(vocabulary))];
    }
}
