using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Head.Access;
using Sweeps.Results;
using Sweeps.Results.Access;

namespace Sweeps.Head.Api;

/// <summary>How a browser logs in: <c>/api/session</c>.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this RouteGroupBuilder session)
    {
        session.MapGet("", ReadAsync).WithName("getSession").WithSummary("What who asks may do, and whether a token is needed for more").Produces<SessionView>().ProducesProblem(StatusCodes.Status401Unauthorized);
        session.MapPost("", BeginAsync).WithName("logIn").WithSummary("Begin a session of a browser, which a cookie carries on, with a token")
            .Produces<SessionView>().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);
        session.MapDelete("", EndAsync).WithName("logOut").WithSummary("End the session of a browser");
    }

    private static async Task<IResult> ReadAsync(HttpContext context, AccessControl access)
    {
        var (caller, refusal) = await access.FindAsync(context);
        return refusal ?? TypedResults.Ok(View(access, caller));
    }

    private static async Task<IResult> BeginAsync(Login login, HttpContext context, AccessControl access, ResultsStore store, TimeProvider time)
    {
        if (await access.FindAsync(AccessToken.Hash(login.Token?.Trim() ?? "")) is not { } token) return access.Wrong(context);
        var value = AccessToken.Create();
        var end = time.GetUtcNow() + SessionCookie.Lifetime;
        if (token.ExpiresAt is { } expires && expires < end) end = expires;
        await store.Tokens.BeginSessionAsync(AccessToken.Hash(value), token.Id, end);
        access.Forget();
        SessionCookie.Set(context, value, end);
        return TypedResults.Ok(View(access, (await access.OfTokenAsync(login.Token!.Trim()))! with { ExpiresAt = end }));
    }

    private static async Task<NoContent> EndAsync(HttpContext context, AccessControl access, ResultsStore store)
    {
        if (context.Request.Cookies[SessionCookie.NameFor(context.Request)] is { Length: > 0 } value)
        {
            await store.Tokens.EndSessionAsync(AccessToken.Hash(value));
            access.Forget();
        }
        SessionCookie.Remove(context);
        return TypedResults.NoContent();
    }

    private static SessionView View(AccessControl access, Caller? caller) => new(access.IsOpen, caller?.Role, caller?.Name, caller?.MayStartCommands ?? false, caller?.ExpiresAt);
}
