using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sweeps.Results;
using Sweeps.Results.Access;

namespace Sweeps.Head.Access;

/// <summary>
/// Lets requests through to the endpoints that they may use. A token comes as <c>Authorization: Bearer</c> or, from a browser that has logged in,
/// as the cookie of its session. Without one a head that is open takes whoever reaches it for its own user.
/// </summary>
internal sealed class AccessControl(HeadOptions options, HeadKey key, ResultsStore store, FailedTries failedTries, TimeProvider time)
{
    /// <summary>Header that pages of the dashboard send: another origin's page cannot without being asked for it first, which is answered with no.</summary>
    public const string PageHeader = "Sweeps-Page";

    /// <summary>How long what is known of tokens is good; another head of the same database may have revoked one.</summary>
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim reading = new(1);
    private volatile Granted? granted;

    /// <summary>Whether requests without a token are taken for the own user's.</summary>
    public bool IsOpen => !options.NeedsTokens;

    /// <summary>Answers what may not go on, and calls <paramref name="next"/> with the rest.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        // Files of the pages have no endpoint; the answer that a method is not allowed has one without a route.
        var audience = context.GetEndpoint() switch
        {
            null => Audience.Everyone,
            RouteEndpoint route => route.Metadata.GetMetadata<EndpointAudience>()?.For(context.Request.Method) ?? Audience.Admin,
            _ => Audience.Known,
        };
        if (audience is not (Audience.Everyone or Audience.Attempt))
        {
            var (caller, refusal) = await FindAsync(context);
            refusal ??= caller is null ? Unknown(context, "This head wants a token: `sweeps token create` on its machine makes one.")
                : !audience.Has(caller.Role) ? TypedResults.Problem($"This needs the role {Needed(audience)}; {caller.Name} has the role {Word(caller.Role)}.", statusCode: StatusCodes.Status403Forbidden)
                : null;
            if (refusal is not null)
            {
                await refusal.ExecuteAsync(context);
                return;
            }
            context.Features.Set(caller);
        }
        await next(context);
    }

    /// <summary>Who sends a request: nobody that is known, or somebody, or somebody with a token that is wrong.</summary>
    public async Task<(Caller? Caller, IResult? Refusal)> FindAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Authorization is [_, ..] header)
        {
            return Bearer(header.ToString()) is { } token && await OfTokenAsync(token) is { } caller ? (caller, null) : (null, Wrong(context));
        }
        if (IsOpen) return (new Caller("this machine's user", TokenRole.Admin, MayStartCommands: true, null), null);
        if (request.Cookies[SessionCookie.NameFor(request)] is not { Length: > 0 } cookie || await OfSessionAsync(cookie) is not { } user) return (null, null);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !IsOwnPage(request))
            return (null, TypedResults.Problem($"A browser's session changes something only for the dashboard's own pages, which send their origin and the header {PageHeader}.", statusCode: StatusCodes.Status403Forbidden));
        return (user, null);
    }

    /// <summary>The caller with this token, or null.</summary>
    public async Task<Caller?> OfTokenAsync(string token)
    {
        var hash = AccessToken.Hash(token);
        if (key.Fits(hash)) return new Caller("the head's own key", TokenRole.Admin, MayStartCommands: true, null);
        return await FindAsync(hash) is { } record ? await OfAsync(record, record.ExpiresAt) : null;
    }

    /// <summary>The token with this hash, or null when there is none that is valid.</summary>
    public async Task<TokenRecord?> FindAsync(string hash)
    {
        var known = await GrantedAsync();
        // To find it takes a time that depends on the hash of what was sent, of which nobody can choose the digits; to compare it takes the same for all.
        return known.Tokens.TryGetValue(hash, out var record) && AccessToken.AreEqual(hash, record.Hash) && record.IsValid(time.GetUtcNow()) ? record : null;
    }

    /// <summary>Forgets what is known of tokens, because it has changed.</summary>
    public void Forget() => granted = null;

    /// <summary>The answer to a token that is wrong: 401, and after too many of them 429.</summary>
    public IResult Wrong(HttpContext context, string detail = "The token is wrong, revoked or expired.")
    {
        if (failedTries.Count(context.Connection.RemoteIpAddress) is not { } wait) return Unknown(context, detail, isWrong: true);
        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TypedResults.Problem("Too many wrong tokens came from this address; a right one is let in at any time.", statusCode: StatusCodes.Status429TooManyRequests);
    }

    /// <summary>The token in an Authorization header, or null.</summary>
    public static string? Bearer(string header) => header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    private static IResult Unknown(HttpContext context, string detail, bool isWrong = false)
    {
        context.Response.Headers.WWWAuthenticate = isWrong ? "Bearer realm=\"sweeps\", error=\"invalid_token\"" : "Bearer realm=\"sweeps\"";
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status401Unauthorized);
    }

    private static bool IsOwnPage(HttpRequest request) => request.Headers.ContainsKey(PageHeader) && request.Headers.Origin is [{ } origin] && origin == $"{request.Scheme}://{request.Host}";

    private static string Needed(Audience audience) => audience switch
    {
        Audience.Viewer => "viewer, submitter or admin",
        Audience.Submitter => "submitter or admin",
        Audience.Agent => "agent or admin",
        _ => "admin",
    };

    internal static string Word(TokenRole role) => role.ToString().ToLowerInvariant();

    private async Task<Caller?> OfSessionAsync(string cookie)
    {
        var known = await GrantedAsync();
        var hash = AccessToken.Hash(cookie);
        var now = time.GetUtcNow();
        if (!known.Sessions.TryGetValue(hash, out var session) || !AccessToken.AreEqual(hash, session.Hash) || session.ExpiresAt <= now) return null;
        return known.ById.TryGetValue(session.TokenId, out var record) && record.IsValid(now)
            ? await OfAsync(record, record.ExpiresAt is { } end && end < session.ExpiresAt ? end : session.ExpiresAt) : null;
    }

    private async Task<Caller> OfAsync(TokenRecord record, DateTimeOffset? expires)
    {
        if (record.LastUsedAt is not { } used || time.GetUtcNow() - used > TokenWrites.UseIsNotedEvery)
        {
            await store.Tokens.UsedAsync(record.Id);
            Forget();
        }
        return new Caller($"token {record.Name}", record.Role, options.AllowCommands, expires);
    }

    private async Task<Granted> GrantedAsync()
    {
        if (granted is { } known && time.GetElapsedTime(known.ReadAt) < KnownFor) return known;
        await reading.WaitAsync();
        try
        {
            if (granted is { } other && time.GetElapsedTime(other.ReadAt) < KnownFor) return other;
            var at = time.GetTimestamp();
            var (tokens, sessions) = await store.Queries.Tokens.GrantedAsync();
            return granted = new Granted(at, tokens.ToDictionary(token => token.Hash), tokens.ToDictionary(token => token.Id), sessions.ToDictionary(session => session.Hash));
        }
        finally
        {
            reading.Release();
        }
    }

    private sealed record Granted(long ReadAt, Dictionary<string, TokenRecord> Tokens, Dictionary<long, TokenRecord> ById, Dictionary<string, SessionRecord> Sessions);
}
