using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sweeps.Core.SweepFiles;
using Sweeps.Results;

namespace Sweeps.Head.Api;

/// <summary>Answers exceptions with problem details.</summary>
internal sealed class ApiExceptions : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            SweepFileException => (StatusCodes.Status400BadRequest, "The sweep file has errors."),
            BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, json.Message),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            ResultsException { Failure: ResultsFailure.Refused } => (StatusCodes.Status422UnprocessableEntity, exception.Message),
            ResultsException { Failure: ResultsFailure.DiskFull } => (StatusCodes.Status507InsufficientStorage, exception.Message),
            ResultsException => (StatusCodes.Status503ServiceUnavailable, exception.Message),
            ObjectDisposedException => (StatusCodes.Status503ServiceUnavailable, "The head is ending."),
            _ => (StatusCodes.Status500InternalServerError, $"{exception.GetType().Name}: {exception.Message}"),
        };
        var extensions = exception is SweepFileException file
            ? new Dictionary<string, object?> { ["errors"] = file.Errors.Select(error => error.ToString()).ToArray() } : null;
        await TypedResults.Problem(detail, statusCode: status, extensions: extensions).ExecuteAsync(context);
        return true;
    }
}
