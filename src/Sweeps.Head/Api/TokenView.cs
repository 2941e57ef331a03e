using Sweeps.Results.Access;

namespace Sweeps.Head.Api;

/// <summary>What is known of a token: everything but the token itself.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">What its holder may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is void; null for never.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
/// <param name="LastUsedAt">When it was last used, to within ten minutes; null for never.</param>
public sealed record TokenView(long Id, string Name, TokenRole Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt)
{
    /// <summary>The view of what is stored.</summary>
    public static TokenView Of(TokenRecord token) => new(token.Id, token.Name, token.Role, token.CreatedAt, token.ExpiresAt, token.RevokedAt, token.LastUsedAt);
}

/// <summary>Body of <c>POST /api/tokens</c>.</summary>
/// <param name="Role">What its holder may do.</param>
/// <param name="Name">Its name; null for that of the role.</param>
/// <param name="Days">How long it is valid, from 1 to 3650 days; null for as long as nobody revokes it.</param>
public sealed record NewToken(TokenRole Role, string? Name = null, int? Days = null);

/// <summary>A token that was made; it is told this once.</summary>
/// <param name="Token">The token.</param>
/// <param name="About">What is stored of it.</param>
public sealed record TokenCreated(string Token, TokenView About)
{
    /// <summary>Without the token, which belongs in no log.</summary>
    public override string ToString() => $"Token {About.Name}";
}
