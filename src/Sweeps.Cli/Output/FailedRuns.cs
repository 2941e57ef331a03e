using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Output;

/// <summary>The runs of a sweep that failed, on standard error.</summary>
internal static class FailedRuns
{
    private const int MostNamed = 4;

    /// <summary>Names them with their errors.</summary>
    /// <returns>The command's exit code.</returns>
    public static async Task<int> ReportAsync(IReadOnlyList<RunResult> all)
    {
        var failed = all.Where(run => run.State == RunState.Failed).ToArray();
        foreach (var runs in failed.GroupBy(run => run.Error))
        {
            var names = runs.Select(run => $"{run.Label} seed {run.Seed}").ToArray();
            var more = names.Length > MostNamed ? $" and {Numbers.Count(names.Length - MostNamed)} more" : "";
            await Console.Error.WriteLineAsync($"sweeps: {Numbers.Count(names.Length, "run")} failed ({string.Join(", ", names.Take(MostNamed))}{more}): {runs.Key}");
        }
        return failed.Length > 0 ? ExitCode.RunsFailed : ExitCode.Ok;
    }
}
