using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps compare ID...</c>: the configurations of sweeps beside each other.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("id") { Description = "Sweeps, each by its id or the name of its newest; the baseline of the first is what all are compared with", HelpName = "ID", Arity = ArgumentArity.OneOrMore };
        var target = TargetOption.Create("The value of the metric whose cost is compared (default: that of the first sweep that has one)");
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the comparison as JSON" };
        var command = new Command("compare", "Compare the configurations of one or more sweeps: final metric and cost of a target, with intervals") { ids, target, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var queries = await ResultsQueries.OpenAsync(Home.Of(parsed, home).Database);
            var answers = new List<SweepAnswer>();
            foreach (var id in parsed.GetRequiredValue(ids)) answers.Add(await SweepAnswer.ReadAsync(queries, (await SweepArgument.FindAsync(queries, id)).Id));
            answers = [.. answers.DistinctBy(answer => answer.Overview.Sweep.Id)];
            if (SweepComparison.Refusal(answers) is { } refusal) throw new CommandFailure(ExitCode.BadInput, refusal);
            var comparison = SweepComparison.Of(answers, parsed.GetValue(target));
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(comparison, Json.Indented));
            else Print(comparison);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(RunComparison comparison)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("configuration").AddColumn("runs").AddColumn(new TableColumn(new Text(comparison.Metric)).RightAligned()).AddColumn("sd").AddColumn("95% interval").AddColumn("p");
        var units = comparison.Rows.SelectMany(row => row.ToTarget).Select(cost => cost.Unit).Distinct().ToArray();
        var goal = comparison.Target?.ToString("0.####", CultureInfo.InvariantCulture);
        foreach (var unit in units) table.AddColumn(new TableColumn($"{unit.ToString().ToLowerInvariant()} to {goal}").RightAligned()).AddColumn("ratio");
        foreach (var row in comparison.Rows) table.AddRow(Cells(row, units).Select(cell => new Text(cell)));
        Terminal.Out.Write(table);
        foreach (var sentence in comparison.Rows.SelectMany(row => row.Sentences)) Terminal.Out.WriteLine(sentence);
        if (comparison.Rows.Count > 1) Terminal.Out.WriteLine($"p and ratios are against {comparison.Rows[0].Name}; a ratio is its cost divided by the configuration's, above 1 where that is cheaper.");
    }

    private static IEnumerable<string> Cells(ComparisonRow row, TrainingCost[] units)
    {
        yield return row.Name;
        yield return row.N.ToString(CultureInfo.InvariantCulture) + (row.Diverged > 0 ? $", {row.Diverged} diverged" : "");
        yield return row.Mean is { } mean ? Numbers.Loss(mean) : "";
        yield return row.Sd is { } sd ? Numbers.Loss(sd) : "";
        yield return row.Interval is { } interval ? $"{Numbers.Loss(interval.Low)} to {Numbers.Loss(interval.High)}" : "";
        yield return row.Difference?.P is { } p ? p.ToString("0.0000", CultureInfo.InvariantCulture) : "";
        foreach (var unit in units)
        {
            var cost = row.ToTarget.FirstOrDefault(cost => cost.Unit == unit);
            yield return cost is null ? row.Reached == 0 ? "not reached" : "" : cost.Mean.ToString(cost.Mean < 1000 ? "#,0.#" : "N0", CultureInfo.InvariantCulture);
            yield return cost?.Ratio is not { } ratio ? "" : Ratio(ratio.Value) + (ratio.Interval is { } bounds ? $" ({Ratio(bounds.Low)} to {Ratio(bounds.High)})" : "");
        }
    }

    private static string Ratio(double ratio) => ratio.ToString("0.000", CultureInfo.InvariantCulture);
}
