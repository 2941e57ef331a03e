using System.Text.Json;

namespace Sweeps.Core.Gpt;

/// <summary>How a model's next tokens are found.</summary>
public enum DecodingMethod
{
    /// <summary>One forward for each token.</summary>
    Base,

    /// <summary>A second, smaller model drafts tokens that the model verifies all at once (Leviathan et al. 2023; Chen et al. 2023).</summary>
    Draft,

    /// <summary>The model's own first layers draft, and the verification goes on from what they computed (Zhang et al. 2023; Elhoushi et al. 2024).</summary>
    EarlyExit,

    /// <summary>A small decoder on the model's hidden states drafts: the modules of <see cref="HeadKind.Deepseek"/> (DeepSeek-V3 2024, section 2.2).</summary>
    Prophet,

    /// <summary>The heads of the further tokens draft, and one forward verifies and drafts anew (Stern et al. 2018; Gloeckle et al. 2024).</summary>
    SelfSpeculative,

    /// <summary>As <see cref="SelfSpeculative"/>, with a tree of the heads' likeliest tokens instead of one draft (Medusa: Cai et al. 2024).</summary>
    Tree,
}

/// <summary>The methods' names as people write them, such as <c>early_exit</c>.</summary>
public static class DecodingMethodNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<DecodingMethod>().Select(Name)];

    /// <summary>The name of a method.</summary>
    public static string Name(this DecodingMethod method) => JsonNamingPolicy.SnakeCaseLower.ConvertName(method.ToString());

    /// <summary>The method of one of the names.</summary>
    public static DecodingMethod Parse(string name) => Enum.GetValues<DecodingMethod>().Single(method => method.Name() == name);
}
