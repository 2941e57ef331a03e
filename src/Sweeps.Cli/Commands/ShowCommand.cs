using System.CommandLine;
using Spectre.Console;
using Sweeps.Cli.Output;
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
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("show", "Show the results of a sweep, finished or not") { id, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            var answer = await SweepAnswer.ReadAsync(queries, sweep.Id);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(answer.ToJson());
                return ExitCode.Ok;
            }
            SummaryTable.Write(Terminal.Out, answer);
            foreach (var run in (await queries.RunsAsync(sweep.Id)).Where(run => run.State == RunState.Failed))
                Terminal.Out.WriteLine($"Failed: {run.Label} seed {run.Seed}: {run.Error}");
            return ExitCode.Ok;
        });
        return command;
    }
}
