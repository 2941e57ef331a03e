using Microsoft.AspNetCore.Http;

namespace Sweeps.Head.Api;

/// <summary>What endpoints read of a request themselves.</summary>
internal static class ApiRequests
{
    /// <summary>The body as text.</summary>
    /// <exception cref="BadHttpRequestException">It is not sent as HTTP wants it: chunks without a size, for instance, or less than was promised.</exception>
    public static async Task<string> ReadTextAsync(this HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        try
        {
            return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw new BadHttpRequestException(exception.Message, StatusCodes.Status400BadRequest, exception);
        }
    }
}
