using System.Globalization;
using System.Text.RegularExpressions;

namespace Sweeps.Results.Access;

/// <summary>Writes of tokens and of the sessions of browsers.</summary>
public sealed partial class TokenWrites
{
    /// <summary>Uses are noted no oftener than this: a write for each request would be one too many.</summary>
    public static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(10);

    private readonly ResultsStore store;

    internal TokenWrites(ResultsStore store) => this.store = store;

    /// <summary>Makes a token.</summary>
    /// <param name="role">What its holder may do.</param>
    /// <param name="name">Its name; null for that of the role, with a number where there is one already.</param>
    /// <param name="lifetime">How long it is valid; null for as long as nobody revokes it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The token, which is stored nowhere, and what is stored of it.</returns>
    /// <exception cref="ResultsException">The name is taken, or none.</exception>
    public async Task<(string Token, TokenRecord Record)> CreateAsync(TokenRole role, string? name, TimeSpan? lifetime, CancellationToken cancellation = default)
    {
        if (name is not null && !NameRule().IsMatch(name))
            throw new ResultsException(ResultsFailure.Refused, $"A token's name begins with a letter and has up to 64 letters, digits, dots, hyphens and underscores, unlike \"{name}\".");
        var token = AccessToken.Create();
        var record = await store.DecideAsync(session =>
        {
            var tokens = session.Context.Tokens;
            if (name is not null && tokens.Any(one => one.Name == name && one.RevokedAt == null))
                throw new ResultsException(ResultsFailure.Refused, $"There is a token {name} already: revoke it with `sweeps token revoke {name}`, or give another --name.");
            var word = role.ToString().ToLowerInvariant();
            var chosen = name ?? word;
            for (var number = 2; name is null && tokens.Any(one => one.Name == chosen); number++) chosen = string.Create(CultureInfo.InvariantCulture, $"{word}-{number}");
            var made = new TokenRecord { Name = chosen, Role = role, Hash = AccessToken.Hash(token), CreatedAt = session.Now, ExpiresAt = session.Now + lifetime };
            tokens.Add(made);
            session.AddEvent(null, "token.created", $"Token {made.Name} was made, with the role {word}.");
            session.Context.SaveChanges();
            return made;
        }, cancellation);
        return (token, record);
    }

    /// <summary>Makes a token void, and with it the sessions that were begun with it. Of one that is revoked: nothing.</summary>
    /// <param name="nameOrId">Its name, or its number.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The token, or null when there is none.</returns>
    public Task<TokenRecord?> RevokeAsync(string nameOrId, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var tokens = session.Context.Tokens;
        var token = long.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? tokens.Find(id)
            : tokens.Where(one => one.Name == nameOrId).OrderBy(one => one.RevokedAt != null).ThenByDescending(one => one.Id).FirstOrDefault();
        if (token is not { RevokedAt: null }) return token;
        token.RevokedAt = session.Now;
        session.Context.TokenSessions.RemoveRange(session.Context.TokenSessions.Where(one => one.TokenId == token.Id));
        session.AddEvent(null, "token.revoked", $"Token {token.Name} was revoked.");
        return token;
    }, cancellation);

    /// <summary>Notes that a token is in use.</summary>
    public Task UsedAsync(long id, CancellationToken cancellation = default) => store.WritePointsAsync(session =>
    {
        if (session.Context.Tokens.Find(id) is { } token) token.LastUsedAt = session.Now;
        return true;
    }, cancellation);

    /// <summary>Begins a session, and forgets those that are over.</summary>
    /// <param name="hash">The <see cref="AccessToken.Hash"/> of what the cookie holds.</param>
    /// <param name="tokenId">The token that it was begun with.</param>
    /// <param name="expires">When it ends.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task BeginSessionAsync(string hash, long tokenId, DateTimeOffset expires, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        var sessions = session.Context.TokenSessions;
        var now = session.Now;
        sessions.RemoveRange(sessions.Where(one => one.ExpiresAt < now));
        sessions.Add(new SessionRecord { Hash = hash, TokenId = tokenId, ExpiresAt = expires });
        return true;
    }, cancellation);

    /// <summary>Ends a session. Of one that has ended: nothing.</summary>
    public Task EndSessionAsync(string hash, CancellationToken cancellation = default) => store.DecideAsync(session =>
    {
        if (session.Context.TokenSessions.Find(hash) is { } one) session.Context.TokenSessions.Remove(one);
        return true;
    }, cancellation);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameRule();
}
