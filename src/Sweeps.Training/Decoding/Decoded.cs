namespace Sweeps.Training.Decoding;

/// <summary>Decoded texts and what they took.</summary>
public sealed record Decoded
{
    /// <summary>Prompt and new tokens of each row.</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Tokens { get; init; }

    /// <summary>Tokens drafted, of all rows; for a tree its nodes.</summary>
    public required int Drafted { get; init; }

    /// <summary>Drafted tokens that stayed.</summary>
    public required int Accepted { get; init; }

    /// <summary>Rounds of all rows; each adds the tokens that stayed and one more.</summary>
    public required int Rounds { get; init; }

    /// <summary>Tokens added to all rows.</summary>
    public required int NewTokens { get; init; }

    /// <summary>Time it took, with the reading of the prompts.</summary>
    public required double Seconds { get; init; }

    /// <summary>Drafted tokens that stay of a round.</summary>
    public double AcceptedPerRound => (double)Accepted / Rounds;

    /// <summary>New tokens a second.</summary>
    public double TokensPerSecond => NewTokens / Seconds;
}
