using Sweeps.Core.Gpt;

namespace Sweeps.Core.Protocol;

/// <summary>What <c>sweeps sample</c> and <c>sweeps bench-decode</c> ask of the worker, as JSON; the command has checked the ranges.</summary>
public sealed record DecodingRequest
{
    /// <summary>File of the model.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>File of the model that drafts, or null.</summary>
    public string? Draft { get; init; }

    /// <summary>The methods; none for all that the model allows.</summary>
    public IReadOnlyList<DecodingMethod> Methods { get; init; } = [];

    /// <summary>Text to continue; null for what the data set suggests.</summary>
    public string? Prompt { get; init; }

    /// <summary>Tokens to add to each text; null for what the data set suggests.</summary>
    public int? Tokens { get; init; }

    /// <summary>Texts.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Texts decoded at a time.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Timed runs of each method.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>From 0 on; 0 is greedy.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Tokens that stay, 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Probability that stays, in (0, 1].</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Most tokens drafted in a round.</summary>
    public int Gamma { get; init; } = 5;

    /// <summary>Above 0; 1 is lossless.</summary>
    public double Lenience { get; init; } = 1;

    /// <summary>Layers that draft, or null for half of them.</summary>
    public int? ExitLayer { get; init; }

    /// <summary>Nodes of a tree.</summary>
    public int TreeNodes { get; init; } = 12;

    /// <summary>Seed of the random numbers.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether results are printed as JSON.</summary>
    public bool IsJson { get; init; }
}
