using System.CommandLine;
using Sweeps.Charts.Reports;
using Sweeps.Cli.Output;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps report ID...</c>: the files of a sweep's results, finished or not, or one document about several.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("id") { Description = "Sweeps, each by its id or the name of its newest; several with --markdown", HelpName = "ID", Arity = ArgumentArity.OneOrMore };
        var output = RunCommand.CreateOutput();
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var markdown = new Option<FileInfo?>("--markdown") { Description = "Write one Markdown document about all the sweeps instead, with its figures in figures/ beside it", HelpName = "FILE" };
        var command = new Command("report", "Write a sweep's results, finished or not: report.html, charts and summary.json") { ids, output, markdown, home, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(markdown) is null)
            {
                if (result.GetValue(ids) is { Length: > 1 }) result.AddError("Several sweeps are reported in one document: add --markdown FILE, such as --markdown RESULTS.md.");
            }
            else if (result.GetValue(output) is not null || result.GetValue(json)) result.AddError("--markdown writes one document about all the sweeps; leave out -o and --json.");
        });
        command.SetAction(async (parsed, _) =>
        {
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            if (parsed.GetValue(markdown) is { } document) return await WriteAsync(document, queries, parsed.GetRequiredValue(ids));
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(ids)[0]);
            ResultsDirectory.CheckWritable(parsed.GetValue(output));
            var answer = await SweepAnswer.ReadAsync(queries, sweep.Id);
            var directory = ResultsDirectory.Of(answer, parsed.GetValue(output));
            await ResultsDirectory.WriteAsync(directory, queries, answer);
            Console.WriteLine(parsed.GetValue(json) ? answer.ToJson() : $"Results: {directory}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<int> WriteAsync(FileInfo document, ResultsQueries queries, string[] ids)
    {
        var contents = new List<SweepReportContent>();
        foreach (var id in ids) contents.Add(await ReportContent.ReadAsync(queries, await SweepAnswer.ReadAsync(queries, (await SweepArgument.FindAsync(queries, id)).Id)));
        if (contents.GroupBy(content => content.Spec.Name).FirstOrDefault(sweeps => sweeps.Count() > 1)?.Key is { } twice)
            throw new CommandFailure(ExitCode.BadInput, $"{twice} is named twice; a document tells of each sweep once.");
        try
        {
            QuestionsReport.Save(document.FullName, contents);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Storage, $"{document} cannot be written ({exception.Message.TrimEnd('.')}); choose another file.");
        }
        Console.WriteLine($"Results: {document}");
        return ExitCode.Ok;
    }
}
