using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Sweeps.Core;

namespace Sweeps.Head.Api;

/// <summary>The description of the API in OpenAPI 3.1 at <c>/openapi/v1.json</c>, from which clients in other languages are generated.</summary>
internal static partial class ApiDocument
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
            if (context.JsonTypeInfo.Type.IsEnum) schema.Type = JsonSchemaType.String;
            if (context.JsonPropertyInfo is { } property) Describe(property, schema);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            // What a filter reads of the path is in no signature.
            foreach (var name in PathParameter().Matches(context.Description.RelativePath ?? "").Select(match => match.Groups[1].Value))
            {
                if (operation.Parameters?.Any(parameter => parameter.Name == name) == true) continue;
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            }
            return Task.CompletedTask;
        });
    });

    /// <summary>What the schema of a property leaves out: numbers that need not be finite, and parameters, whose converter tells nothing.</summary>
    private static void Describe(JsonPropertyInfo property, OpenApiSchema schema)
    {
        if (typeof(IEnumerable<KeyValuePair<string, ParameterValue>>).IsAssignableFrom(property.PropertyType))
            schema.AdditionalProperties = new OpenApiSchema { Description = "Null, a boolean, a number, a text, a list of these, or a mapping of names to these." };
        if (property.AttributeProvider?.GetCustomAttributes(typeof(JsonNumberHandlingAttribute), false) is not [JsonNumberHandlingAttribute { Handling: var handling }]
            || !handling.HasFlag(JsonNumberHandling.AllowNamedFloatingPointLiterals)) return;
        if (property.PropertyType == typeof(double) || property.PropertyType == typeof(double?))
            AllowNamed(schema, isNullable: property.PropertyType == typeof(double?));
        else
            AllowNamed((OpenApiSchema)(schema.Items = new OpenApiSchema()), isNullable: property.PropertyType.GenericTypeArguments is [var item] && item == typeof(double?));
    }

    private static void AllowNamed(OpenApiSchema schema, bool isNullable)
    {
        (schema.Type, schema.Format) = (null, null);
        schema.AnyOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("NaN"), JsonValue.Create("Infinity"), JsonValue.Create("-Infinity")] },
            .. isNullable ? (OpenApiSchema[])[new OpenApiSchema { Type = JsonSchemaType.Null }] : [],
        ];
    }

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex PathParameter();
}
