using Sweeps.Charts.Reports;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Output;

/// <summary>The files that a sweep leaves: <c>summary.json</c> and those of its <see cref="SweepReport"/>.</summary>
internal static class ResultsDirectory
{
    /// <summary>Where results go when nothing else is said.</summary>
    public const string Root = "results";

    /// <summary>The chosen directory, else <c>results/NAME-ID</c>.</summary>
    public static string Of(SweepAnswer answer, DirectoryInfo? chosen) => chosen?.FullName ?? Path.Combine(Root, answer.Overview.Sweep.FileName());

    /// <summary>Makes the place for the results, so that one that cannot be written is found before the training.</summary>
    /// <exception cref="CommandFailure">It cannot be made or written.</exception>
    public static void CheckWritable(DirectoryInfo? chosen)
    {
        var place = chosen?.FullName ?? Path.GetFullPath(Root);
        try
        {
            Directory.CreateDirectory(place);
            using (File.Create(Path.Combine(place, $".sweeps-{Environment.ProcessId}"), 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Storage, $"results cannot be written to {place} ({exception.Message.TrimEnd('.')}); choose another directory with -o.");
        }
    }

    /// <summary>Writes the files; earlier ones of the same sweep are replaced.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static async Task WriteAsync(string directory, ResultsQueries queries, SweepAnswer answer)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "summary.json"), answer.ToJson() + "\n");
        SweepReport.Save(directory, await ReportContent.ReadAsync(queries, answer));
    }
}
