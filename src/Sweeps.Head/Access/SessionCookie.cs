using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sweeps.Head.Access;

/// <summary>The cookie of a browser that has logged in.</summary>
internal static class SessionCookie
{
    /// <summary>How long a session lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Its name. Cookies are one host's, whatever the port: the name keeps the heads on a host apart.</summary>
    public static string NameFor(HttpRequest request)
    {
        var port = (request.Host.Port ?? (request.IsHttps ? 443 : 80)).ToString(CultureInfo.InvariantCulture);
        // The prefix has the browser insist on Secure, the path / and no domain (RFC 6265bis, section 4.1.3.2).
        return request.IsHttps ? $"__Host-sweeps-{port}" : $"sweeps-{port}";
    }

    /// <summary>Gives the browser a session.</summary>
    public static void Set(HttpContext context, string value, DateTimeOffset expires) => context.Response.Cookies.Append(NameFor(context.Request), value, Options(context.Request, expires));

    /// <summary>Takes it back.</summary>
    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(NameFor(context.Request), Options(context.Request, null));

    private static CookieOptions Options(HttpRequest request, DateTimeOffset? expires) =>
        new() { HttpOnly = true, Secure = request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", Expires = expires, IsEssential = true };
}
