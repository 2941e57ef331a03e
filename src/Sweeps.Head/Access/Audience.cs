using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sweeps.Results.Access;

namespace Sweeps.Head.Access;

/// <summary>Who may use an endpoint.</summary>
internal enum Audience
{
    /// <summary>Whoever reaches the head.</summary>
    Everyone,

    /// <summary>Whoever has a token, whatever its role.</summary>
    Known,

    /// <summary>Viewers, submitters and administrators.</summary>
    Viewer,

    /// <summary>Submitters and administrators.</summary>
    Submitter,

    /// <summary>Agents and administrators.</summary>
    Agent,

    /// <summary>Administrators.</summary>
    Admin,

    /// <summary>The worker of the very attempt; the endpoint looks at its token itself.</summary>
    Attempt,
}

/// <summary>Who may use an endpoint, beside its mapping. One without this is for administrators.</summary>
/// <param name="Read">For GET and HEAD, which change nothing.</param>
/// <param name="Write">For all other methods.</param>
internal sealed record EndpointAudience(Audience Read, Audience Write)
{
    /// <summary>For a request.</summary>
    public Audience For(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Read : Write;
}

/// <summary>Says who may use endpoints, and whether a role is among them.</summary>
internal static class Audiences
{
    /// <summary>Says who may use an endpoint, or all of a group that do not say otherwise themselves.</summary>
    public static T For<T>(this T endpoints, Audience audience) where T : IEndpointConventionBuilder => endpoints.WithMetadata(new EndpointAudience(audience, audience));

    /// <summary>Says who may read and who may change what a group of endpoints is about.</summary>
    public static T For<T>(this T endpoints, Audience read, Audience write) where T : IEndpointConventionBuilder => endpoints.WithMetadata(new EndpointAudience(read, write));

    /// <summary>Whether the holder of a role is among them.</summary>
    public static bool Has(this Audience audience, TokenRole role) => audience switch
    {
        Audience.Everyone or Audience.Known => true,
        Audience.Viewer => role != TokenRole.Agent,
        Audience.Submitter => role is TokenRole.Submitter or TokenRole.Admin,
        Audience.Agent => role is TokenRole.Agent or TokenRole.Admin,
        Audience.Admin => role == TokenRole.Admin,
        _ => false,
    };
}
