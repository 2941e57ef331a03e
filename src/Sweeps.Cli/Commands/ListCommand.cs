using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Sweeps.Cli.Output;
using Sweeps.Core;
using Sweeps.Results.Queries;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps list</c>: all sweeps of a home, newest first.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var home = Home.CreateOption();
        var remote = new RemoteHead();
        var json = new Option<bool>("--json") { Description = "Print the list as JSON" };
        var command = new Command("list", "List all sweeps and how far they are, newest first") { home, json };
        remote.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var place = Home.Of(parsed, home);
            using var head = remote.Find(parsed, home);
            var sweeps = head is not null ? await head.SweepsAsync() : await ResultsQueries.OpenIfExistsAsync(place.Database) is { } queries ? await queries.SweepsAsync() : (IReadOnlyList<SweepOverview>)[];
            if (parsed.GetValue(json)) Console.WriteLine(AsJson(sweeps));
            else if (sweeps.Count == 0) Console.WriteLine($"There are no sweeps {(head is null ? $"in {place.Directory} yet: `sweeps run FILE`" : "at this head yet: `sweeps submit FILE`")} makes one.");
            else Print(sweeps);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(IReadOnlyList<SweepOverview> sweeps)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("id").RightAligned()).AddColumn("name").AddColumn("state").AddColumn(new TableColumn("runs").RightAligned())
            .AddColumn(new TableColumn("done").RightAligned()).AddColumn("started").AddColumn("verdict");
        foreach (var overview in sweeps)
        {
            var sweep = overview.Sweep;
            table.AddRow(
                new Text(sweep.Id.ToString(CultureInfo.InvariantCulture)),
                new Text(sweep.Name),
                new Text((sweep is { IsStopping: true, HasEnded: false } ? "stopping" : sweep.State.ToString().ToLowerInvariant()) + (overview.RunsFailed > 0 ? $", {Numbers.Count(overview.RunsFailed)} failed" : "")
                    + (overview.RunsPruned > 0 ? $", {Numbers.Count(overview.RunsPruned)} stopped early" : "")),
                new Text($"{overview.RunsCompleted}/{overview.Runs}"),
                new Text($"{(Numbers.Share(overview) is var share && share.Planned == 0 ? 100 : 100 * share.Done / share.Planned)}%"),
                new Text(sweep.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
                new Text(sweep.Verdict?.Split('\n')[0] ?? ""));
        }
        Terminal.Out.Write(table);
    }

    private static string AsJson(IReadOnlyList<SweepOverview> sweeps) => JsonSerializer.Serialize(sweeps.Select(overview => new
    {
        overview.Sweep.Id,
        overview.Sweep.Name,
        overview.Sweep.State,
        overview.Configurations,
        overview.Runs,
        overview.RunsCompleted,
        overview.RunsFailed,
        overview.RunsPruned,
        overview.StepsDone,
        StepsPlanned = overview.IsOpenEnded ? (long?)null : overview.StepsPlanned,
        StepsReused = overview.Sweep.ReusedSteps,
        overview.Sweep.CreatedAt,
        overview.Sweep.FinishedAt,
        overview.Sweep.Verdict,
    }), Json.Indented);
}
