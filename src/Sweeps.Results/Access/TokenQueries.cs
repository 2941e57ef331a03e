using Sweeps.Results.Queries;

namespace Sweeps.Results.Access;

/// <summary>Reads of tokens and of the sessions of browsers.</summary>
public sealed class TokenQueries
{
    private readonly ResultsQueries queries;

    internal TokenQueries(ResultsQueries queries) => this.queries = queries;

    /// <summary>All tokens in the order in which they were made, those that are void too.</summary>
    public Task<IReadOnlyList<TokenRecord>> TokensAsync() => queries.ReadAsync<IReadOnlyList<TokenRecord>>(context => context.Tokens.OrderBy(token => token.Id).ToList());

    /// <summary>The tokens that are not revoked, and the sessions that were begun with them.</summary>
    public Task<(IReadOnlyList<TokenRecord> Tokens, IReadOnlyList<SessionRecord> Sessions)> GrantedAsync() =>
        queries.ReadAsync<(IReadOnlyList<TokenRecord>, IReadOnlyList<SessionRecord>)>(context =>
            (context.Tokens.Where(token => token.RevokedAt == null).ToList(), context.TokenSessions.ToList()));
}
