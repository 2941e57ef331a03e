using Sweeps.Results.Queries;

namespace Sweeps.Results.Exports;

/// <summary>Writes the results of one sweep, finished or not, for other programs: all that was committed when it began.</summary>
public static class SweepExport
{
    /// <summary>Writes to a stream; however large the sweep is, only the curves of one run at a time are in memory.</summary>
    /// <param name="queries">The database.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="format">As what.</param>
    /// <param name="stream">Where to; it stays open, and is written to asynchronously.</param>
    /// <param name="cancellation">Ends the writing early.</param>
    /// <exception cref="ResultsException">There is no such sweep, or the database cannot be read.</exception>
    /// <exception cref="IOException">The stream, or for <see cref="ExportFormat.Sqlite"/> the directory for temporary files, cannot be written.</exception>
    public static async Task WriteAsync(ResultsQueries queries, long sweepId, ExportFormat format, Stream stream, CancellationToken cancellation = default)
    {
        if (await queries.FindSweepAsync(sweepId) is null)
            throw new ResultsException(ResultsFailure.Refused, $"There is no sweep {sweepId}: `sweeps list` shows those there are.");
        await (format switch
        {
            ExportFormat.Csv => queries.ReadAsync((context, snapshot) => CsvExport.WriteAsync(context, snapshot, sweepId, stream, cancellation)),
            ExportFormat.Json => queries.ReadAsync((context, snapshot) => JsonExport.WriteAsync(context, snapshot, sweepId, stream, cancellation)),
            ExportFormat.Sqlite => queries.ReadAsync((_, snapshot) => SqliteExport.WriteAsync(snapshot, sweepId, stream, cancellation)),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        });
    }

    /// <summary>Writes a file, which appears whole or not at all.</summary>
    /// <param name="queries">The database.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="format">As what.</param>
    /// <param name="path">The file; one of this name is replaced.</param>
    /// <param name="cancellation">Ends the writing early; nothing is left of the file then.</param>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public static async Task SaveAsync(ResultsQueries queries, long sweepId, ExportFormat format, string path, CancellationToken cancellation = default)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await WriteAsync(queries, sweepId, format, file, cancellation);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
