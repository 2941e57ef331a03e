using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sweeps.Core;

namespace Sweeps.Head.Api;

/// <summary>The REST API under <c>/api</c>; errors are problem details (RFC 9457).</summary>
internal static class HeadApi
{
    public static void AddHeadApi(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiExceptions>();
        services.AddHostFiltering(filter => filter.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        services.AddApiDocument();
        services.AddResponseCompression(compression =>
        {
            compression.MimeTypes = ["application/json", "application/problem+json", "application/yaml", "image/svg+xml", "text/plain"];
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        services.ConfigureHttpJsonOptions(http =>
        {
            var json = http.SerializerOptions;
            json.PropertyNamingPolicy = Json.Options.PropertyNamingPolicy;
            json.Encoder = Json.Options.Encoder;
            json.NumberHandling = Json.Options.NumberHandling;
            foreach (var converter in Json.Options.Converters) json.Converters.Add(converter);
        });
    }

    public static void MapHeadApi(this WebApplication application)
    {
        application.UseExceptionHandler();
        application.UseResponseCompression();
        application.UseStatusCodePages();
        // A page in the user's browser reaches the loopback interface too: neither another name for it nor a request from elsewhere is served.
        application.UseHostFiltering();
        application.Use((context, next) => IsForeign(context.Request)
            ? TypedResults.Problem("Requests from pages of other origins are not served.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context)
            : next(context));
        application.Use((context, next) =>
        {
            // What is asked for twice may have changed; an endpoint with a version to compare says otherwise.
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        application.Use(QueryChecks.CheckAsync);
        application.MapOpenApi("/openapi/{documentName}.json");
        application.MapGet("/healthz", () => TypedResults.Text("ok")).WithName("getHealth").WithTags("head").WithSummary("`ok` from a head that is well")
            .Produces<string>(contentType: "text/plain");
        application.MapMetrics();
        var api = application.MapGroup("/api");
        api.ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/head", (HeadIdentity head) => TypedResults.Ok(head)).WithName("getHead").WithTags("head").WithSummary("Which head this is");
        api.MapGroup("/sweeps").WithTags("sweeps").MapSweeps();
        api.MapComparison();
        api.MapExport();
        api.MapCheck();
        api.MapEvents();
        api.MapGroup("/runs/{id:long}").WithTags("runs").MapRuns();
        api.MapGroup("/machines").WithTags("machines").MapMachines();
        api.MapGroup("/nightly").WithTags("nightly").MapNightly();
        api.MapGroup("/attempts/{id}").WithTags("attempts").MapAttempts();
        api.MapFallback(() => TypedResults.Problem("There is no such resource.", statusCode: StatusCodes.Status404NotFound));
    }

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is [{ } origin] && origin != $"{request.Scheme}://{request.Host}";
}
