using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sweeps.Head.Access;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>Tokens: <c>/api/tokens</c>.</summary>
internal static class TokenEndpoints
{
    private const int MostDays = 3650;

    public static void MapTokens(this RouteGroupBuilder tokens)
    {
        tokens.MapGet("", ListAsync).WithName("listTokens").WithSummary("All tokens in the order in which they were made, without the tokens themselves");
        tokens.MapPost("", CreateAsync).WithName("createToken").WithSummary("Make a token, which the answer alone tells").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        tokens.MapDelete("/{token}", RevokeAsync).WithName("revokeToken").WithSummary("Make a token void, by its name or number, and with it the sessions that it began");
    }

    private static async Task<Ok<Page<TokenView>>> ListAsync(ResultsStore store, [Range(0, int.MaxValue)] int offset = 0, [Range(1, 1000)] int limit = 100) =>
        TypedResults.Ok(Page<TokenView>.Of([.. (await store.Queries.Tokens.TokensAsync()).Select(TokenView.Of)], offset, limit));

    private static async Task<Ok<TokenCreated>> CreateAsync(NewToken token, ResultsStore store, AccessControl access)
    {
        if (token.Days is < 1 or > MostDays) throw new BadHttpRequestException($"'days' is a whole number from 1 to {MostDays}, not {token.Days}.");
        if (!Enum.IsDefined(token.Role)) throw new BadHttpRequestException("'role' is viewer, submitter, agent or admin.");
        var (text, record) = await store.Tokens.CreateAsync(token.Role, token.Name, token.Days is { } days ? TimeSpan.FromDays(days) : null);
        access.Forget();
        return TypedResults.Ok(new TokenCreated(text, TokenView.Of(record)));
    }

    private static async Task<Results<Ok<TokenView>, ProblemHttpResult>> RevokeAsync(string token, ResultsStore store, AccessControl access)
    {
        var record = await store.Tokens.RevokeAsync(token);
        access.Forget();
        return record is not null ? TypedResults.Ok(TokenView.Of(record))
            : TypedResults.Problem($"There is no token {token}: `sweeps token list` shows those there are.", statusCode: StatusCodes.Status404NotFound);
    }
}
