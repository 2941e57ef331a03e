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
        var remote = new RemoteHead();
        var command = new Command("watch", "Show how a sweep goes on until it ends or is paused; Ctrl-C ends the looking alone") { id, home };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            using var head = remote.Find(parsed, home);
            var queries = head is null ? await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database) : null;
            var sweep = head is null ? (await SweepArgument.FindAsync(queries!, parsed.GetRequiredValue(id))).Id : (await head.FindSweepAsync(parsed.GetRequiredValue(id))).Sweep.Id;
            await ProgressView.Create(Terminal.Error).FollowAsync(head is null ? SweepProgress.WatchAsync(queries!, sweep, Refresh) : head.WatchAsync(sweep, Refresh));
            var last = head is null ? await SweepProgress.ReadAsync(queries!, sweep) : await head.ProgressAsync(sweep);
            if (last.Overview.Sweep.State == SweepState.Paused)
            {
                Console.WriteLine($"Paused at {Numbers.Count(last.Overview.StepsDone)} of {Numbers.Count(last.Overview.StepsPlanned, "step")}. Resume with: sweeps resume {sweep}");
                return ExitCode.Ok;
            }
            if (head is null) SummaryTable.Write(Terminal.Out, await SweepAnswer.ReadAsync(queries!, sweep));
            else SummaryTable.Write(Terminal.Out, last.Overview, await head.SummaryAsync(sweep));
            return await FailedRuns.ReportAsync(last.Runs);
        });
        return command;
    }
}
