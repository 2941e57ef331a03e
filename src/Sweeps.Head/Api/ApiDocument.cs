using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Sweeps.Core;

namespace Sweeps.Head.Api;

/// <summary>The description of the API in OpenAPI 3.1 at <c>/openapi/v1.json</c>, from which clients in other languages are generated.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string Description =
        """
        Sweeps of language-model training, their runs and results.

        Names and enumeration values are snake_case, times are UTC. Where a number may be what a diverged training leaves, it is a JSON number or one
        of the texts "NaN", "Infinity" and "-Infinity"; all other numbers are finite. Properties without a value are null and never missing. Errors are
        problem details (RFC 9457). Lists are pages: `offset` and `limit` in the query, `total` in the body.
        """;

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Sweeps";
            document.Info.Version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(3);
            document.Info.Description = Description;
            // Where the head listens is known to whoever has read this there.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // What people and workers send may leave optional properties out; what is answered never does.
            if (schema.Properties is { Count: > 0 } properties && context.JsonTypeInfo.Type.Namespace != typeof(Core.Protocol.PointBatch).Namespace)
                schema.Required = properties.Keys.ToHashSet();
            // Its converter tells nothing: any JSON value.
            if (context.JsonTypeInfo.Type == typeof(ParameterValue)) schema.Description = "A parameter's value: null, a boolean, a number, a text, a list of these, or a mapping of names to these.";
            return Task.CompletedTask;
        });
    });
}
