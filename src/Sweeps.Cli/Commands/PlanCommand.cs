using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Core.Search;
using Sweeps.Core.SweepFiles;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps plan FILE</c>: what a sweep file will train.</summary>
internal static class PlanCommand
{
    /// <summary>More configurations than anybody reads; a table of 100,000 takes longer than the plan.</summary>
    private const int MostRows = 1000;

    public static Command Create()
    {
        var file = SweepFileArgument.Create();
        var noShare = SweepFileArgument.CreateNoShare();
        var json = new Option<bool>("--json") { Description = "Print the plan as JSON" };
        var command = new Command("plan", "Show the configurations, runs, stages and steps of a sweep file without training") { file, noShare, json };
        command.SetAction(parsed =>
        {
            var spec = SweepFileArgument.Read(parsed.GetRequiredValue(file), parsed.GetValue(noShare));
            var plan = SweepPlan.Of(spec);
            if (parsed.GetValue(json)) Console.WriteLine(AsJson(spec, plan));
            else Print(spec, plan);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(SweepSpec spec, SweepPlan plan)
    {
        Console.WriteLine(spec.Description is null ? spec.Name : $"{spec.Name}: {spec.Description}");
        Console.WriteLine($"{PlanText.Size(plan)}.");
        Console.WriteLine(PlanText.Sharing(spec, plan));
        Console.WriteLine(plan.BaselineRemark);
        if (spec.Metric.Target is null) Console.WriteLine($"No target for {spec.Metric.Name}: the cost to reach one will not be compared.");
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("configuration").AddColumn(new TableColumn("steps").RightAligned()).AddColumn("seeds").AddColumn("");
        foreach (var runs in plan.Runs.GroupBy(run => run.ConfigurationIndex).OrderBy(runs => runs.Key).Take(MostRows))
        {
            var configuration = plan.Configurations[runs.Key];
            table.AddRow(new Text(configuration.Label), new Text(Numbers.Count(runs.First().Steps)),
                new Text(string.Join(", ", runs.Select(run => run.Seed))), new Text(runs.Key == plan.BaselineIndex ? "baseline" : ""));
        }
        Terminal.Out.Write(table);
        if (plan.Configurations.Length > MostRows)
            Console.WriteLine($"{Numbers.Count(plan.Configurations.Length - MostRows, "more configuration")} not shown; --json has all of them.");
    }

    private static string AsJson(SweepSpec spec, SweepPlan plan) => JsonSerializer.Serialize(new
    {
        spec.Name,
        spec.Description,
        Metric = spec.Metric.Name,
        spec.Metric.Target,
        Baseline = plan.Baseline.Label,
        Steps = plan.Tree.Steps,
        StepsWithoutSharing = plan.TotalSteps,
        Stages = plan.Tree.Stages.Length,
        Configurations = plan.Configurations.Select(configuration => new { configuration.Label, configuration.Parameters }),
        Runs = plan.Runs.Select(run => new { Configuration = plan.Configurations[run.ConfigurationIndex].Label, run.Seed, run.Steps }),
    }, Json.Indented);
}
