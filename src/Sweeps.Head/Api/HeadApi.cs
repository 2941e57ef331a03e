using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        application.UseStatusCodePages();
        // A page in the user's browser reaches the loopback interface too: neither another name for it nor a request from elsewhere is served.
        application.UseHostFiltering();
        application.Use((context, next) => IsForeign(context.Request)
            ? TypedResults.Problem("Requests from pages of other origins are not served.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context)
            : next(context));
        application.MapGet("/healthz", () => TypedResults.Text("ok"));
        var api = application.MapGroup("/api");
        api.MapGroup("/attempts/{id}").MapAttempts();
        api.MapGroup("/sweeps").MapSweeps();
        api.MapGroup("/nightly").MapNightly();
        api.MapGroup("/machines/{id}").MapMachines();
        api.MapGet("/head", (HeadIdentity head) => head);
        api.MapFallback(() => TypedResults.Problem("There is no such resource.", statusCode: StatusCodes.Status404NotFound));
    }

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is [{ } origin] && origin != $"{request.Scheme}://{request.Host}";
}
