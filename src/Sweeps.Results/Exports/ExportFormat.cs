namespace Sweeps.Results.Exports;

/// <summary>What a sweep's results are written as.</summary>
public enum ExportFormat
{
    /// <summary>Comma-separated values (RFC 4180), a row for each metric point.</summary>
    Csv,

    /// <summary>One JSON object: the sweep, its configurations, and its runs with their points.</summary>
    Json,

    /// <summary>A results database of its own, which every command reads that reads results.</summary>
    Sqlite,
}
