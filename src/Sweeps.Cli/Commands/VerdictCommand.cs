using System.CommandLine;
using System.Globalization;
using Sweeps.Cli.Output;
using Sweeps.Core.Gpt;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps verdict ID</c>: what a sweep has found so far, also by another metric or against another target; what is stored stays as it is.</summary>
internal static class VerdictCommand
{
    public static Command Create()
    {
        var id = SweepArgument.Create();
        var metric = new Option<string?>("--metric") { Description = "Judge by this metric, which the runs reported too, instead of the file's", HelpName = "NAME" };
        var goal = new Option<MetricGoal?>("--goal") { Description = "Which values of a metric of your own program are good (default: minimize)" };
        var target = new Option<double?>("--target") { Description = "Judge by this value of the metric instead of the file's target", HelpName = "X" };
        var home = Home.CreateOption();
        var remote = new RemoteHead();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("verdict", "Say what a sweep has found, also by another metric or against another target") { id, metric, goal, target, home, json };
        remote.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(goal) is not null && result.GetValue(metric) is null) result.AddError("--goal belongs to --metric NAME.");
        });
        command.SetAction(async (parsed, _) =>
        {
            using var head = remote.Find(parsed, home);
            if (head is not null)
            {
                if (parsed.GetValue(metric) is not null || parsed.GetValue(target) is not null)
                    throw new CommandFailure(ExitCode.Usage, "--metric and --target judge the results of a home: run this where they are, without --head.");
                var overview = await head.FindSweepAsync(parsed.GetRequiredValue(id));
                var summary = await head.SummaryAsync(overview.Sweep.Id);
                Console.WriteLine(parsed.GetValue(json) ? SweepAnswer.JsonOf(overview, summary) : summary.Verdict);
                return ExitCode.Ok;
            }
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var sweep = await SweepArgument.FindAsync(queries, parsed.GetRequiredValue(id));
            var spec = SweepFile.Parse(sweep.FileText, sweep.Name);
            var judged = parsed.GetValue(metric) is { } name && (name != spec.Metric.Name || parsed.GetValue(goal) is not null)
                ? Other(spec, name, parsed.GetValue(goal), await queries.MetricNamesAsync(sweep.Id), await queries.ConfigurationsAsync(sweep.Id)) : spec.Metric;
            if (parsed.GetValue(target) is { } value) judged = judged with { Target = Checked(judged.Metric, value) };
            var answer = await SweepAnswer.ReadAsync(queries, sweep.Id, judged);
            Console.WriteLine(parsed.GetValue(json) ? answer.ToJson() : answer.Summary.Verdict);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A metric that the runs reported, or the file's with another goal.</summary>
    private static MetricSpec Other(SweepSpec spec, string name, MetricGoal? goal, IReadOnlyList<string> reported, IReadOnlyList<ConfigurationRecord> configurations)
    {
        if (spec.Until is not null)
            throw new CommandFailure(ExitCode.BadInput, $"--metric {name}: seeds were added until {spec.Metric.Name} was decided, which makes tests of other metrics wrong; ask with a sweep file of its own and a count of seeds.");
        var isTrainers = spec.Command is null && !spec.IsImported;
        var known = reported.Where(one => !isTrainers || ResultMetrics.Find(one) is not null).Order(StringComparer.Ordinal).ToArray();
        if (!known.Contains(name))
            throw new CommandFailure(ExitCode.BadInput, $"--metric {name}: {(known.Length == 0 ? "no run has reported a metric yet" : $"the sweep can be judged by {string.Join(", ", known)}")}.");
        if (!isTrainers) return MetricSpec.Free(name, target: null, goal ?? MetricGoal.Minimize);
        if (goal is not null) throw new CommandFailure(ExitCode.BadInput, $"--goal is known of {name}, which the built-in trainer reports; leave it out.");
        var found = ResultMetrics.Find(name)!;
        if (found.IsReported is { } isReported && configurations.FirstOrDefault(one => !isReported(TrainingOptions.FromParameters(one.Parameters, seed: 1))) is { } silent)
            throw new CommandFailure(ExitCode.BadInput, $"--metric {name} is reported by {found.ReportedBy}, but not by configuration {silent.Label}.");
        return new MetricSpec(name, Target: null);
    }

    private static double Checked(ResultMetric metric, double target) => double.IsFinite(target) && metric.IsTarget(target) ? target
        : throw new CommandFailure(ExitCode.BadInput, $"--target is {metric.Targets}, not {target.ToString(CultureInfo.InvariantCulture)}.");
}
