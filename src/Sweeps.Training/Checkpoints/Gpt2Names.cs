using System.Text.RegularExpressions;

namespace Sweeps.Training.Checkpoints;

/// <summary>
/// What the parameters of <see cref="Gpt"/> are called in GPT-2 and nanoGPT, and which of them GPT-2's Conv1D holds transposed.
/// Layers are numbered through: a head that is the base model's last layer counts as the trunk's next.
/// </summary>
internal static partial class Gpt2Names
{
    /// <summary>Options that no shape tells and that change what the weights compute. GPT-2's are the defaults, but for its attention heads.</summary>
    internal static readonly string[] Formulas =
        ["attention_heads", "position", "norm", "qk_norm", "activation", "logit_softcap", "logit_softcap_scale", "time_weighting", "time_mixing"];

    private static readonly (string Ours, string Theirs)[] Parts =
    [
        ("norm1", "ln_1"), ("attention.qkv", "attn.c_attn"), ("attention.projection", "attn.c_proj"), ("norm2", "ln_2"), ("mlp.up", "mlp.c_fc"), ("mlp.down", "mlp.c_proj"),
    ];

    private static readonly (string Ours, string Theirs)[] Singles =
    [
        ("output", "wte.weight"), ("positions", "wpe.weight"), ("norm.weight", "ln_f.weight"), ("norm.bias", "ln_f.bias"),
    ];

    /// <summary>The base model's name of one of our parameters: <c>heads.0.</c> becomes the layer behind the trunk's.</summary>
    internal static string Base(string ours, int trunkLayers) =>
        ours.StartsWith("heads.0.", StringComparison.Ordinal) ? $"trunk.{trunkLayers}.{ours["heads.0.".Length..]}" : ours;

    /// <summary>Layers in the trunk, counted by the names of its parameters.</summary>
    internal static int TrunkLayers(IEnumerable<string> ours) => ours.Select(name => OurLayer().Match(name)).Where(match => match.Success)
        .Select(match => int.Parse(match.Groups["layer"].Value, System.Globalization.CultureInfo.InvariantCulture) + 1).DefaultIfEmpty().Max();

    /// <summary>Their name, without a prefix, of one of the base model's; null for what GPT-2 does not have.</summary>
    internal static string? Theirs(string ours)
    {
        if (Singles.FirstOrDefault(pair => pair.Ours == ours) is { Theirs: { } single }) return single;
        return OurLayer().Match(ours) is { Success: true } match && Parts.FirstOrDefault(pair => pair.Ours == match.Groups["part"].Value) is { Theirs: { } part }
            ? $"h.{match.Groups["layer"].Value}.{part}.{match.Groups["kind"].Value}" : null;
    }

    /// <summary>Our name of one of theirs, without a prefix; null for what this model does not have.</summary>
    internal static string? Ours(string theirs)
    {
        if (Singles.FirstOrDefault(pair => pair.Theirs == theirs) is { Ours: { } single }) return single;
        return TheirLayer().Match(theirs) is { Success: true } match && Parts.FirstOrDefault(pair => pair.Theirs == match.Groups["part"].Value) is { Ours: { } part }
            ? $"trunk.{match.Groups["layer"].Value}.{part}.{match.Groups["kind"].Value}" : null;
    }

    /// <summary>Whether GPT-2 holds it as (in, out).</summary>
    internal static bool IsConv1D(string theirs) =>
        theirs.EndsWith(".weight", StringComparison.Ordinal) && (theirs.Contains(".attn.c_", StringComparison.Ordinal) || theirs.Contains(".mlp.c_", StringComparison.Ordinal));

    /// <summary>Whether it is a causal mask, which older files hold beside the weights.</summary>
    internal static bool IsMask(string theirs) => theirs.EndsWith(".attn.bias", StringComparison.Ordinal) || theirs.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    [GeneratedRegex(@"^trunk\.(?<layer>\d+)\.(?<part>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex OurLayer();

    [GeneratedRegex(@"^h\.(?<layer>\d+)\.(?<part>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex TheirLayer();
}
