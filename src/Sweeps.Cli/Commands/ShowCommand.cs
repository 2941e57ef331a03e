using System.CommandLine;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps show ID</c>: what a sweep has found so far.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var id = SweepArgument.Create();
        var home = Home.CreateOption();
        var remote = new RemoteHead();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("show", "Show the results of a sweep, finished or not") { id, home, json };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            using var head = remote.Find(parsed, home);
            if (head is not null)
            {
                var overview = await head.FindSweepAsync(parsed.GetRequiredValue(id));
                var summary = await head.SummaryAsync(overview.Sweep.Id);
                if (parsed.GetValue(json)) Console.WriteLine(SweepAnswer.JsonOf(overview, summary));
                else Print(overview, summary, (await head.ProgressAsync(overview.Sweep.Id)).Runs);
                return ExitCode.Ok;
            }
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            var answer = await SweepAnswer.ReadAsync(queries, sweep.Id);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(answer.ToJson());
                return ExitCode.Ok;
            }
            Print(answer.Overview, answer.Summary, await queries.RunsAsync(sweep.Id));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(SweepOverview overview, SweepSummary summary, IEnumerable<RunResult> runs)
    {
        SummaryTable.Write(Terminal.Out, overview, summary);
        foreach (var run in runs.Where(run => run.State == RunState.Failed)) Terminal.Out.WriteLine($"Failed: {run.Label} seed {run.Seed}: {run.Error}");
    }
}
