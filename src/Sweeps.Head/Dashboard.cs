using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Sweeps.Head.Access;

namespace Sweeps.Head;

/// <summary>The pages of the dashboard, which are built into <c>wwwroot</c> beside the program.</summary>
internal static class Dashboard
{
    private const string Html = "text/html; charset=utf-8";

    private const string NotBuilt = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Sweeps</title></head>
        <body style="font: 15px/1.5 system-ui, sans-serif; max-width: 60ch; margin: 60px auto; padding: 0 20px">
        <h1>The dashboard is not built</h1>
        <p>The head is running and its API works. The pages are built with Node.js 18 or later and npm: install them, end this head, and start it again with <code>./sweeps serve</code>.</p>
        <p>Meanwhile: <code>./sweeps list</code>, <code>./sweeps show ID</code>, <code>./sweeps watch ID</code>, <code>./sweeps report ID</code>.</p>
        </body></html>
        """;

    /// <summary>Serves the pages to whatever path is none of the API's: each view has a URL of its own, and the page itself finds it.</summary>
    public static void MapDashboard(this WebApplication application)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        var index = Path.Combine(directory, "index.html");
        if (File.Exists(index))
        {
            application.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(directory),
                ContentTypeProvider = new FileExtensionContentTypeProvider(),
                OnPrepareResponse = file => Prepare(file.Context.Response, isImmutable: file.Context.Request.Path.StartsWithSegments("/assets")),
            });
        }
        application.MapFallback(IResult (HttpContext context) =>
        {
            // A file that is missing is no view: a page of an older build asks for it.
            if (context.Request.Path.StartsWithSegments("/assets") || !HttpMethods.IsGet(context.Request.Method))
                return TypedResults.Problem($"There is no such resource: {context.Request.Path}", statusCode: StatusCodes.Status404NotFound);
            Prepare(context.Response, isImmutable: false);
            return File.Exists(index) ? TypedResults.PhysicalFile(index, Html) : TypedResults.Content(NotBuilt, Html, statusCode: StatusCodes.Status503ServiceUnavailable);
        }).For(Audience.Everyone).ExcludeFromDescription();
    }

    private static void Prepare(HttpResponse response, bool isImmutable)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ResponseHeaders.PagePolicy;
        // Names of files under /assets change with their content; the page itself is asked for anew.
        headers.CacheControl = isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
    }
}
