using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Sweeps.Results;
using Sweeps.Results.Exports;

namespace Sweeps.Head.Api;

/// <summary>All results of a sweep as a file: <c>/api/export/{sweep}.{format}</c>.</summary>
internal static class ExportEndpoint
{
    private const string Csv = "text/csv";
    private const string Json = "application/json";
    private const string Sqlite = "application/vnd.sqlite3";

    public static void MapExport(this RouteGroupBuilder api) => api.MapGet("/export/{sweep:long}.{format}", ExportAsync).WithName("exportSweep").WithTags("sweeps")
        .WithSummary("All results of a sweep as a file")
        .WithDescription("`csv` has a row for each metric point, `json` the sweep with its configurations and its runs with their points, `sqlite` is a results database of its own.")
        .Produces<string>(StatusCodes.Status200OK, Csv, Json, Sqlite).ProducesProblem(StatusCodes.Status404NotFound)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var content = operation.Responses!["200"].Content!;
            content[Json].Schema = new OpenApiSchema { Type = JsonSchemaType.Object };
            content[Sqlite].Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            return Task.CompletedTask;
        });

    private static async Task<IResult> ExportAsync(long sweep, ExportFormat format, ResultsStore store, CancellationToken cancellation)
    {
        if (await store.Queries.FindSweepAsync(sweep) is not { } record) return TypedResults.Problem($"There is no sweep {sweep}.", statusCode: StatusCodes.Status404NotFound);
        var type = format switch { ExportFormat.Csv => Csv, ExportFormat.Json => Json, ExportFormat.Sqlite => Sqlite, _ => throw new ArgumentOutOfRangeException(nameof(format), format, null) };
        return TypedResults.Stream(body => SweepExport.WriteAsync(store.Queries, sweep, format, body, cancellation), type, $"{record.FileName()}.{format.ToString().ToLowerInvariant()}");
    }
}
