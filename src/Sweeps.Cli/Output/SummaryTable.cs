using System.Globalization;
using Spectre.Console;
using Sweeps.Core.Statistics;
using Sweeps.Core.SweepFiles;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Output;

/// <summary>The answer of a sweep on the terminal: a row for each configuration, then the verdict.</summary>
internal static class SummaryTable
{
    public static void Write(IAnsiConsole console, SweepAnswer answer) => Write(console, answer.Overview, answer.Summary);

    public static void Write(IAnsiConsole console, SweepOverview overview, SweepSummary summary)
    {
        console.WriteLine(Title(overview.Sweep));
        console.WriteLine($"{overview.RunsCompleted} of {Numbers.Count(overview.Runs, "run")} completed"
            + (overview.RunsFailed > 0 ? $", {Numbers.Count(overview.RunsFailed)} failed" : "")
            + (overview.RunsPruned > 0 ? $", {Numbers.Count(overview.RunsPruned)} stopped early" : "")
            + (overview.Sweep.Program == SweepSpec.Import ? $"; {Numbers.Count(overview.StepsWithoutSharing, "step")} imported" : $"; {Numbers.Count(overview.StepsDone, "step")} trained")
            + (overview.Sweep.ReusedSteps > 0 ? $", {Numbers.Count(overview.Sweep.ReusedSteps)} reused from earlier sweeps" : "")
            // What was not trained because runs were stopped is not saved by sharing.
            + (!overview.IsOpenEnded && overview.StepsPlanned < overview.StepsWithoutSharing && overview.RunsPruned == 0 ? $" ({Numbers.Count(overview.StepsWithoutSharing)} without sharing)" : "") + ".");
        if (overview.Sweep is { HasEnded: false, WaitsFor: { } why }) console.WriteLine(why);
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("configuration").AddColumn("seeds")
            .AddColumn(new TableColumn(new Text(summary.Metric)).RightAligned()).AddColumn("95% interval");
        if (summary.Target is { } target)
            table.AddColumn(new TableColumn(new Text($"{summary.Cost.ToString().ToLowerInvariant()} to {target.ToString("0.####", CultureInfo.InvariantCulture)}")).RightAligned()).AddColumn("sample efficiency");
        table.AddColumn("standing");
        foreach (var configuration in summary.Configurations)
            table.AddRow(Cells(configuration, summary).Select(cell => new Text(cell)));
        console.Write(table);
        console.WriteLine(summary.Verdict);
    }

    private static string Title(SweepRecord sweep) =>
        $"{sweep.Name} ({sweep.Id}), {sweep.State.ToString().ToLowerInvariant()}{(sweep.Description is null ? "" : $": {sweep.Description}")}";

    private static IEnumerable<string> Cells(ConfigurationSummary configuration, SweepSummary summary)
    {
        yield return configuration.Label;
        yield return (configuration.N == configuration.Planned ? $"{configuration.N}" : $"{configuration.N} of {configuration.Planned}")
            + (configuration.Diverged > 0 ? $", {configuration.Diverged} diverged" : "");
        yield return configuration.Mean is { } mean ? Numbers.Loss(mean) : "";
        yield return configuration.Interval is { } interval ? $"{Numbers.Loss(interval.Low)} to {Numbers.Loss(interval.High)}" : "";
        if (summary.Target is not null)
        {
            yield return Cost(configuration, summary.Cost);
            yield return Efficiency(configuration, configuration.IsBaseline);
        }
        yield return Standing(configuration);
    }

    private static string Cost(ConfigurationSummary configuration, TrainingCost unit) => (configuration.ToTarget(unit), configuration.NotReached) switch
    {
        ({ } cost, > 0) => $"{Numbers.Count((long)cost)} (not reached by {configuration.NotReached})",
        ({ } cost, _) => Numbers.Count((long)cost),
        (_, > 0) => "not reached",
        _ => "",
    };

    private static string Efficiency(ConfigurationSummary configuration, bool isBaseline) => configuration.Efficiency switch
    {
        _ when isBaseline => configuration.Reached > 0 ? Numbers.Ratio(1) : "",
        { Interval: { } interval } efficiency => $"{Numbers.Ratio(efficiency.Value)} ({Numbers.Ratio(interval.Low)} to {Numbers.Ratio(interval.High)})",
        { } efficiency => Numbers.Ratio(efficiency.Value),
        null => "",
    };

    private static string Standing(ConfigurationSummary configuration)
    {
        var word = configuration.Standing switch
        {
            Core.Statistics.Standing.NoData => "no data",
            Core.Statistics.Standing.Stopped => $"stopped at step {Numbers.Count(configuration.StoppedAt!.Value)}",
            var standing => standing.ToString().ToLowerInvariant(),
        };
        if ((configuration.Level is null ? configuration.AdjustedP : configuration.P) is not { } p || configuration.Standing == Core.Statistics.Standing.Identical) return word;
        return configuration.Level is > 0 and var level ? $"{word}, p = {ProbabilityText.Small(p)} (level {ProbabilityText.Small(level)})" : $"{word}, p = {Probability(p)}";
    }

    private static string Probability(double p) => p.ToString(p is > 0 and < 0.0001 ? "0.0e+0" : "0.0000", CultureInfo.InvariantCulture);
}
