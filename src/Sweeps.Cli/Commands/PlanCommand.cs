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
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the plan as JSON" };
        var command = new Command("plan", "Show the configurations, runs, stages and steps of a sweep file without training") { file, noShare, home, json };
        command.SetAction(async (parsed, _) =>
        {
            var spec = SweepFileArgument.Read(parsed.GetRequiredValue(file), parsed.GetValue(noShare));
            var work = await EarlierWork.PlanAsync(spec, Home.Of(parsed, home));
            if (parsed.GetValue(json)) Console.WriteLine(AsJson(spec, work));
            else Print(spec, work);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(SweepSpec spec, EarlierWork work)
    {
        var plan = work.Plan;
        Console.WriteLine(spec.Description is null ? spec.Name : $"{spec.Name}: {spec.Description}");
        var size = PlanText.Size(spec, plan);
        Console.WriteLine($"{char.ToUpperInvariant(size[0])}{size[1..]}.");
        Console.WriteLine(PlanText.Sharing(spec, plan));
        if (work.Sweeps.Count > 0) Console.WriteLine(PlanText.Earlier(work));
        if (spec.Stopper is not null) Console.WriteLine("Configurations that are not worth it are stopped early: fewer steps will be trained.");
        if (spec.Until is { } rule) Console.WriteLine(PlanText.AddedSeeds(rule, plan));
        Console.WriteLine(plan.BaselineRemark);
        if (spec.Schedule is { } nightly) Console.WriteLine(PlanText.Nights(nightly.Schedule, DateTimeOffset.UtcNow));
        if (spec.Metric.Target is null) Console.WriteLine($"No target for {spec.Metric.Name}: the cost to reach one will not be compared.");
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("configuration");
        if (spec.Command is null) table.AddColumn(new TableColumn("steps").RightAligned());
        table.AddColumn("seeds").AddColumn("");
        foreach (var runs in plan.Runs.GroupBy(run => run.ConfigurationIndex).OrderBy(runs => runs.Key).Take(MostRows))
        {
            var configuration = plan.Configurations[runs.Key];
            string[] cells = [configuration.Label, .. spec.Command is null ? [Numbers.Count(runs.First().Steps)] : Array.Empty<string>(),
                string.Join(", ", runs.Select(run => run.Seed)), plan.IsBaseline(runs.Key) ? "baseline" : ""];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }
        Terminal.Out.Write(table);
        if (plan.Configurations.Length > MostRows)
            Console.WriteLine($"{Numbers.Count(plan.Configurations.Length - MostRows, "more configuration")} not shown; --json has all of them.");
    }

    private static string AsJson(SweepSpec spec, EarlierWork work) => JsonSerializer.Serialize(new
    {
        spec.Name,
        spec.Description,
        Metric = spec.Metric.Name,
        spec.Metric.Target,
        Baseline = work.Plan.Baseline.Label,
        work.Plan.MostConfigurations,
        spec.Seeds,
        MostSeeds = spec.Until?.Most ?? spec.Seeds,
        spec.Command,
        Schedule = spec.Schedule is not { Schedule: var schedule } nightly ? null : new
        {
            schedule.Cron, schedule.TimeZone, nightly.Nights, nightly.Overlap, Next = PlanText.Next(schedule, DateTimeOffset.UtcNow),
        },
        Steps = spec.Command is null ? work.Plan.Tree.Steps : (long?)null,
        StepsReused = work.Sweeps.Sum(sweep => sweep.Steps),
        StepsWithoutSharing = spec.Command is null ? work.Plan.TotalSteps : (long?)null,
        Stages = work.Plan.Tree.Stages.Length,
        Reused = work.Sweeps.Select(sweep => new { Sweep = sweep.Id, sweep.Name, sweep.Steps }),
        Configurations = work.Plan.Configurations.Select(configuration => new { configuration.Label, configuration.Parameters }),
        Runs = work.Plan.Runs.Select(run => new
        {
            Configuration = work.Plan.Configurations[run.ConfigurationIndex].Label, run.Seed, Steps = spec.Command is null ? run.Steps : (int?)null,
        }),
    }, Json.Indented);
}
