using Microsoft.AspNetCore.Http;

namespace Sweeps.Head.Api;

/// <summary>What endpoints read of a request themselves.</summary>
internal static class ApiRequests
{
    /// <summary>The body as text.</summary>
    public static async Task<string> ReadTextAsync(this HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
    }
}
