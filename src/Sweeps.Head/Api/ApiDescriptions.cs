using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Sweeps.Head.Api;

/// <summary>What the signature of an endpoint does not tell the API's description.</summary>
internal static class ApiDescriptions
{
    /// <summary>The body is a sweep file, whatever media type it is sent as.</summary>
    public static RouteHandlerBuilder WithYamlBody(this RouteHandlerBuilder endpoint, string description) => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true, Description = description,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/yaml"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
        };
        return Task.CompletedTask;
    });

    /// <summary>A file that is not accepted is answered with all of its errors.</summary>
    public static RouteHandlerBuilder ProducesSweepFileProblem(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<SweepFileProblem>(StatusCodes.Status400BadRequest, "application/problem+json");
}
