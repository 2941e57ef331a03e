using Microsoft.AspNetCore.Http;

namespace Sweeps.Head.Access;

/// <summary>Headers of every answer that tell browsers to be careful.</summary>
internal static class ResponseHeaders
{
    /// <summary>For the dashboard's pages. Nothing of another host is loaded and no text can become a script; charts and tooltips set styles of their own.</summary>
    public const string PagePolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // What the API answers is data. A picture that is opened by itself may have styles.
    private const string DataPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds them to whatever is answered, errors too.</summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = DataPolicy;
            // What is asked for twice may have changed; an endpoint with a version to compare says otherwise.
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
            if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=2592000";
            return Task.CompletedTask;
        });
        return next(context);
    }
}
