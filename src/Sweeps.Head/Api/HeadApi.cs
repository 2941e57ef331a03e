using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sweeps.Core;
using Sweeps.Head.Access;

namespace Sweeps.Head.Api;

/// <summary>The REST API under <c>/api</c>; errors are problem details (RFC 9457).</summary>
internal static class HeadApi
{
    public static void AddHeadApi(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiExceptions>();
        services.AddSingleton<HeadKey>();
        services.AddSingleton<FailedTries>();
        services.AddSingleton<AccessControl>();
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
        application.Use(ResponseHeaders.AddAsync);
        application.UseExceptionHandler();
        application.UseResponseCompression();
        application.UseStatusCodePages();
        // A page in the user's browser reaches the loopback interface and the own network too: neither another name for the head nor a request from elsewhere is served.
        var hosts = application.Services.GetRequiredService<HostNames>();
        application.Use((context, next) => !hosts.Has(context.Request.Host)
            ? TypedResults.Problem("This head is not known by that name; one that other machines use is given with `sweeps serve --host NAME`.", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context)
            : IsForeign(context.Request) ? TypedResults.Problem("Requests from pages of other origins are not served.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context)
            : next(context));
        application.Use(application.Services.GetRequiredService<AccessControl>().CheckAsync);
        application.Use(QueryChecks.CheckAsync);
        application.MapOpenApi("/openapi/{documentName}.json").For(Audience.Viewer);
        application.MapGet("/healthz", () => TypedResults.Text("ok")).WithName("getHealth").WithTags("head").WithSummary("`ok` from a head that is well")
            .Produces<string>(contentType: "text/plain").For(Audience.Everyone);
        application.MapMetrics();
        var api = application.MapGroup("/api").Takes(BodyLimit.Command);
        api.ProducesProblem(StatusCodes.Status400BadRequest);
        // Who may use what; an endpoint that differs from its group says so beside its mapping.
        api.MapGet("/head", (HeadIdentity head) => TypedResults.Ok(head)).WithName("getHead").WithTags("head").WithSummary("Which head this is").For(Audience.Known);
        api.MapGroup("/session").WithTags("access").For(Audience.Everyone).MapSession();
        api.MapGroup("/tokens").WithTags("access").For(Audience.Admin).MapTokens();
        api.MapGroup("/sweeps").WithTags("sweeps").For(read: Audience.Viewer, write: Audience.Submitter).MapSweeps();
        var others = api.MapGroup("").For(read: Audience.Viewer, write: Audience.Submitter);
        others.MapExport();
        others.MapCheck();
        others.MapEvents();
        api.MapGroup("/runs/{id:long}").WithTags("runs").For(Audience.Viewer).MapRuns();
        api.MapGroup("/machines").WithTags("machines").For(read: Audience.Viewer, write: Audience.Admin).Takes(BodyLimit.Report).MapMachines();
        api.MapGroup("/nightly").WithTags("nightly").For(read: Audience.Viewer, write: Audience.Submitter).MapNightly();
        api.MapGroup("/attempts/{id}").WithTags("attempts").For(Audience.Attempt).Takes(BodyLimit.Results).MapAttempts();
        api.MapFallback(() => TypedResults.Problem("There is no such resource.", statusCode: StatusCodes.Status404NotFound)).For(Audience.Known);
    }

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is [{ } origin] && origin != $"{request.Scheme}://{request.Host}";
}
