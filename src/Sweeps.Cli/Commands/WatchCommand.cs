using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Cli.Progress;
using Sweeps.Head;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps watch ID</c>: shows how a sweep goes on, whichever process trains it, until it ends.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var id = SweepArgument.Create();
        var home = Home.CreateOption();
        var command = new Command("watch", "Show how a sweep goes on until it ends or is paused; Ctrl-C ends the looking alone") { id, home };
        command.SetAction(async (parsed, _) =>
        {
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            await ProgressView.Create(Terminal.Error).FollowAsync(SweepProgress.WatchAsync(queries, sweep.Id, Refresh));
            var last = await SweepProgress.ReadAsync(queries, sweep.Id);
            if (last.Overview.Sweep.State == SweepState.Paused)
            {
                Console.WriteLine($"Paused at {Numbers.Count(last.Overview.StepsDone)} of {Numbers.Count(last.Overview.StepsPlanned, "step")}. Resume with: sweeps resume {sweep.Id}");
                return ExitCode.Ok;
            }
            SummaryTable.Write(Terminal.Out, await SweepAnswer.ReadAsync(queries, sweep.Id));
            return await FailedRuns.ReportAsync(last.Runs);
        });
        return command;
    }
}
