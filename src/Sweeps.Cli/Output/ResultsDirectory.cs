using System.Globalization;
using System.Runtime.InteropServices;
using Sweeps.Charts.Reports;
using Sweeps.Head.Reports;
using Sweeps.Orchestration.Agents;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Output;

/// <summary>The files that a sweep leaves: <c>summary.json</c>, <c>loss.svg</c>, <c>efficiency.svg</c> and <c>report.html</c>.</summary>
internal static class ResultsDirectory
{
    /// <summary>Where results go when nothing else is said.</summary>
    public const string Root = "results";

    /// <summary>The chosen directory, else <c>results/NAME-ID</c>.</summary>
    public static string Of(SweepAnswer answer, DirectoryInfo? chosen) => chosen?.FullName ?? Path.Combine(Root, NameOf(answer.Overview.Sweep));

    /// <summary><c>NAME-ID</c>, with what is no part of a file name replaced.</summary>
    public static string NameOf(SweepRecord sweep)
    {
        var name = string.Concat(sweep.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')).TrimStart('.');
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{sweep.Id}");
    }

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
    public static void Write(string directory, SweepAnswer answer, IReadOnlyList<Slot> slots)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "summary.json"), answer.ToJson() + "\n");
        var overview = answer.Overview;
        var isWhole = overview.Sweep.State == SweepState.Completed && overview.RunsFailed + overview.RunsPruned == 0;
        SweepReport.Save(directory, new SweepReportContent
        {
            Id = overview.Sweep.Id.ToString(CultureInfo.InvariantCulture),
            Spec = answer.Spec,
            State = overview.Sweep.State.ToString().ToLowerInvariant(),
            Time = DateTimeOffset.Now,
            Summary = answer.Summary,
            Curves = answer.Curves,
            StepsTrained = overview.StepsDone,
            // What was not trained because runs failed or were stopped is not saved.
            StepsWithoutSharing = isWhole ? overview.StepsWithoutSharing : overview.StepsDone,
            Environment =
            [
                new("sweeps", typeof(ResultsDirectory).Assembly.GetName().Version!.ToString(3)),
                new("machine", Environment.MachineName),
                new("system", RuntimeInformation.OSDescription),
                new("runtime", RuntimeInformation.FrameworkDescription),
                new("slots", SlotText.Of(slots)),
            ],
        });
    }
}
