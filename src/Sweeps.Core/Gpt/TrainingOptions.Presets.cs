namespace Sweeps.Core.Gpt;

/// <content>Families of models. A preset is nothing but defaults: each of its options can be given another value.</content>
public sealed partial record TrainingOptions
{
    /// <summary>The names of all presets.</summary>
    public static IReadOnlyList<string> Presets { get; } = ["nanogpt", "modern", "mingpt"];

    /// <summary>
    /// A preset's options, all others being those of nanoGPT's CPU configuration.
    /// <list type="bullet">
    /// <item><c>nanogpt</c> (Karpathy 2022): learned positions, LayerNorm, GELU, tied output head.</item>
    /// <item><c>modern</c> (modded-nanogpt's speedrun): rotary positions, RMSNorm without gain, QK-norm, ReLU squared, projections and output
    /// head from zero, soft-cap 30 * sigmoid(z / 7.5).</item>
    /// <item><c>mingpt</c> (Karpathy 2020): as nanogpt, with biases, dropout 0.1 in three places and an untied output head without bias.</item>
    /// </list>
    /// </summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static TrainingOptions OfPreset(string preset) => preset switch
    {
        "nanogpt" => new TrainingOptions(),
        "modern" => new TrainingOptions
        {
            Preset = preset, Position = PositionKind.Rotary, Norm = NormKind.Rmsnorm, QkNorm = true, Activation = Activation.ReluSquared,
            ZeroInitProjections = true, LogitSoftcap = 30, LogitSoftcapScale = 7.5, Tied = false,
        },
        "mingpt" => new TrainingOptions { Preset = preset, Bias = true, Dropout = 0.1, Tied = false },
        _ => throw new ArgumentException($"There is no preset \"{preset}\"; there are {string.Join(", ", Presets)}.", nameof(preset)),
    };
}
