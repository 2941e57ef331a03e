using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sweeps.Results.Access;

namespace Sweeps.Head.Access;

/// <summary>Who sends a request; <see cref="AccessControl"/> has found it out before an endpoint is called.</summary>
/// <param name="Name">As messages name them.</param>
/// <param name="Role">What they may do.</param>
/// <param name="MayStartCommands">Whether what they submit may start programs and read any file on the machines of agents.</param>
/// <param name="ExpiresAt">When they will not be let in any more; null for not before they are revoked or the head ends.</param>
internal sealed record Caller(string Name, TokenRole Role, bool MayStartCommands, DateTimeOffset? ExpiresAt)
{
    /// <summary>Who sends this one.</summary>
    public static Caller Of(HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    /// <summary>Refuses what only the head's own user may ask for.</summary>
    /// <param name="what">What it is, the beginning of a sentence.</param>
    /// <exception cref="BadHttpRequestException">With status 403.</exception>
    public void RequireCommands(string what)
    {
        if (!MayStartCommands)
            throw new BadHttpRequestException($"{what}, which only the user that the head runs as may ask for; it takes that from others too when it is started with --allow-commands.", StatusCodes.Status403Forbidden);
    }
}
