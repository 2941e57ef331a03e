namespace Sweeps.Results.Access;

/// <summary>A token as it is stored: everything but the token itself.</summary>
public sealed class TokenRecord
{
    /// <summary>Its number, which is never used again.</summary>
    public long Id { get; init; }

    /// <summary>Its name, unique among the tokens that are not revoked.</summary>
    public required string Name { get; init; }

    /// <summary>What its holder may do.</summary>
    public TokenRole Role { get; init; }

    /// <summary>The <see cref="AccessToken.Hash"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is void; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked, or null.</summary>
    public DateTimeOffset? RevokedAt { get; internal set; }

    /// <summary>When it was last used, to within <see cref="TokenWrites.UseIsNotedEvery"/>; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; internal set; }

    /// <summary>Whether it lets anybody in.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);
}
