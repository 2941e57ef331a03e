using System.CommandLine;
using System.Globalization;
using Sweeps.Cli.Output;
using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps verdict ID</c>: what a sweep has found so far, also against another target; what is stored stays as it is.</summary>
internal static class VerdictCommand
{
    public static Command Create()
    {
        var id = SweepArgument.Create();
        var target = new Option<double?>("--target") { Description = "Judge by this value of the metric instead of the file's target", HelpName = "X" };
        var home = Home.CreateOption();
        var remote = new RemoteHead();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("verdict", "Say what a sweep has found, also against another target") { id, target, home, json };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            using var head = remote.Find(parsed, home);
            if (head is not null)
            {
                if (parsed.GetValue(target) is not null) throw new CommandFailure(ExitCode.Usage, "--target judges the results of a home: run this where they are, without --head.");
                var overview = await head.FindSweepAsync(parsed.GetRequiredValue(id));
                var summary = await head.SummaryAsync(overview.Sweep.Id);
                Console.WriteLine(parsed.GetValue(json) ? SweepAnswer.JsonOf(overview, summary) : summary.Verdict);
                return ExitCode.Ok;
            }
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            if (parsed.GetValue(target) is { } value) Check(SweepFile.Parse(sweep.FileText, sweep.Name).Metric.Metric, value);
            var answer = await SweepAnswer.ReadAsync(queries, sweep.Id, parsed.GetValue(target));
            Console.WriteLine(parsed.GetValue(json) ? answer.ToJson() : answer.Summary.Verdict);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Check(ResultMetric metric, double target)
    {
        if (!double.IsFinite(target) || !metric.IsTarget(target))
            throw new CommandFailure(ExitCode.BadInput, $"--target is {metric.Targets}, not {target.ToString(CultureInfo.InvariantCulture)}.");
    }
}
