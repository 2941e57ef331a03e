using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;

namespace Sweeps.Head.Access;

/// <summary>How long the body of a request may be, for an endpoint or all of a group; routing has the server end longer ones with status 413.</summary>
internal sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
{
    /// <summary>Sweep files, and commands as JSON.</summary>
    public static readonly BodyLimit Command = new(1 << 20);

    /// <summary>Reports of agents.</summary>
    public static readonly BodyLimit Report = new(4 << 20);

    /// <summary>Points and logs of workers.</summary>
    public static readonly BodyLimit Results = new(64 << 20);

    long? IRequestSizeLimitMetadata.MaxRequestBodySize => bytes;
}

/// <summary>Sets limits beside the mapping.</summary>
internal static class BodyLimits
{
    /// <summary>Sets the limit of an endpoint, or of all of a group that do not set another one.</summary>
    public static T Takes<T>(this T endpoints, BodyLimit limit) where T : IEndpointConventionBuilder => endpoints.WithMetadata(limit);
}
