namespace Sweeps.Training.Decoding;

/// <summary>How a token is chosen from its logits. The defaults leave the model's distribution as it is.</summary>
public sealed record SamplingOptions
{
    /// <summary>Always the most likely token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>What logits are divided by, from 0 on; 0 always takes the most likely token.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the k most likely tokens stay (Fan et al. 2018), and those as likely as the k-th; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the most likely tokens that together reach this probability stay (Holtzman et al. 2020), in (0, 1]; 1 for all.</summary>
    public double TopP { get; init; } = 1;
}
