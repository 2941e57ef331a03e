namespace Sweeps.Results.Access;

/// <summary>A browser that has logged in with a token; it may do what the token may for as long as both are valid.</summary>
public sealed class SessionRecord
{
    /// <summary>The <see cref="AccessToken.Hash"/> of what its cookie holds.</summary>
    public required string Hash { get; init; }

    /// <summary>The token.</summary>
    public long TokenId { get; init; }

    /// <summary>From when on it is void.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}
