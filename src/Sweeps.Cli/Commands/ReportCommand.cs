using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps report ID</c>: the files of a sweep's results, finished or not.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var id = SweepArgument.Create();
        var output = RunCommand.CreateOutput();
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("report", "Write a sweep's results, finished or not: report.html, charts and summary.json") { id, output, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            ResultsDirectory.CheckWritable(parsed.GetValue(output));
            var answer = await SweepAnswer.ReadAsync(queries, sweep.Id);
            var directory = ResultsDirectory.Of(answer, parsed.GetValue(output));
            await ResultsDirectory.WriteAsync(directory, queries, answer);
            Console.WriteLine(parsed.GetValue(json) ? answer.ToJson() : $"Results: {directory}");
            return ExitCode.Ok;
        });
        return command;
    }
}
