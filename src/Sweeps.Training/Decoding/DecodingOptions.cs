using Sweeps.Core.Gpt;

namespace Sweeps.Training.Decoding;

/// <summary>How to decode.</summary>
public sealed record DecodingOptions
{
    /// <summary>The method.</summary>
    public DecodingMethod Method { get; init; }

    /// <summary>How tokens are chosen from logits; drafts are drawn in the same way.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>gamma: most tokens that <see cref="DecodingMethod.Draft"/> and <see cref="DecodingMethod.EarlyExit"/> draft in a round.</summary>
    public int Gamma { get; init; } = 5;

    /// <summary>1 is lossless; below 1 accepts more than the model would say (<see cref="Acceptance"/>). A tree's acceptance does not know it.</summary>
    public double Lenience { get; init; } = 1;

    /// <summary>The model that drafts; of <see cref="DecodingMethod.Draft"/> only.</summary>
    public Gpt? Draft { get; init; }

    /// <summary>Layers that draft in <see cref="DecodingMethod.EarlyExit"/>, at most those of the trunk; null for half of them.</summary>
    public int? ExitLayer { get; init; }

    /// <summary>Nodes of the tree of <see cref="DecodingMethod.Tree"/>, its root not counted.</summary>
    public int TreeNodes { get; init; } = 12;

    /// <summary>Seed of the random streams; each row has one of its own.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Stream of the first row; the others follow. A row's tokens depend on its prompt and its stream alone.</summary>
    public int FirstStream { get; init; }
}
