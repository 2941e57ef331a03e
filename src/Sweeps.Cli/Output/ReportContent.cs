using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sweeps.Charts.Reports;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Search;
using Sweeps.Core.Statistics;
using Sweeps.Head.Reports;
using Sweeps.Orchestration.Agents;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Output;

/// <summary>Reads what a report shows.</summary>
internal static class ReportContent
{
    /// <summary>Packages on which the numbers or pictures depend, by a file of theirs beside the command or the worker.</summary>
    private static readonly (string Package, string File)[] Packages =
        [("TorchSharp", "TorchSharp"), ("Orleans", "Orleans.Runtime"), ("Orleans", "Orleans.Compat"), ("EntityFrameworkCore", "Microsoft.EntityFrameworkCore"), ("ScottPlot", "ScottPlot"),
            ("MathNet.Numerics", "MathNet.Numerics"), ("YamlDotNet", "YamlDotNet")];

    /// <summary>Reads it.</summary>
    public static async Task<SweepReportContent> ReadAsync(ResultsQueries queries, SweepAnswer answer)
    {
        var overview = answer.Overview;
        var sweep = overview.Sweep;
        var runs = (await queries.RunsAsync(sweep.Id)).ToDictionary(run => run.Id);
        // Of a program of the user's nobody knows what runs have in common.
        var paths = sweep.CommandJson is null ? await queries.PathsAsync(sweep.Id) : [];
        var isWhole = sweep.State == SweepState.Completed && overview.RunsFailed + overview.RunsPruned == 0;
        return new SweepReportContent
        {
            Id = sweep.Id.ToString(CultureInfo.InvariantCulture),
            Spec = answer.Spec,
            State = sweep.State.ToString().ToLowerInvariant(),
            Time = DateTimeOffset.Now,
            Summary = answer.Summary,
            Curves = answer.Curves,
            StepsTrained = overview.StepsDone,
            StepsReused = sweep.ReusedSteps,
            // What was not trained because runs failed or were stopped is not saved.
            StepsWithoutSharing = isWhole ? overview.StepsWithoutSharing : overview.StepsDone + sweep.ReusedSteps,
            Runs = [.. runs.Values.Select(run => new ReportRun(run.Label, run.Seed, Word(run.State), run.StepsDone, run.Last, run.State == RunState.Failed ? run.Error : null))],
            Paths = [.. paths.Select(path => new ReportPath(runs[path.RunId].Label, runs[path.RunId].Seed,
                [.. path.Stages.Select(stage => new ReportStage(stage.Id, stage.FromStep, stage.ToStep, stage.State == StageState.Failed, stage.SweepId != sweep.Id))]))],
            Training = paths.Count == 0 ? null : TrainingOf(answer, runs, paths),
            Importance = answer.Importance,
            Reproduction = Reproduction(answer),
            Environment = await EnvironmentAsync(queries, sweep, paths),
        };
    }

    private static TrainingSeconds TrainingOf(SweepAnswer answer, Dictionary<long, RunResult> runs, IReadOnlyList<RunPath> paths)
    {
        var places = answer.Plan.Configurations.ToDictionary(configuration => configuration.Label, configuration => configuration.Index);
        var curves = answer.Curves.ToDictionary(curve => (curve.ConfigurationIndex, curve.Seed), curve => curve.Points);
        return TrainingSeconds.Of(paths.Select(path => (curves.GetValueOrDefault((places[runs[path.RunId].Label], runs[path.RunId].Seed)) ?? [],
            (IReadOnlyList<TrainedSpan>)[.. path.Stages.Select(stage => new TrainedSpan(stage.Id, stage.FromStep, stage.ToStep, stage.SweepId != answer.Overview.Sweep.Id))])));
    }

    private static string[] Reproduction(SweepAnswer answer)
    {
        var sweep = answer.Overview.Sweep;
        if (answer.Spec.IsImported)
            return ["# The logs were not written here; the same ones again give the same numbers:",
                $"./sweeps import DIR --name {Installation.Quoted(sweep.Name)} --metric {Installation.Quoted(sweep.Metric)}"
                    + (sweep.Target is { } target ? $" --target {target.ToString("R", CultureInfo.InvariantCulture)}" : "")];
        var commit = sweep.CodeVersion?.Split('+') is [_, { Length: > 0 } revision] ? revision : null;
        return [
            .. commit is null ? Array.Empty<string>() : [$"git checkout {commit}"],
            .. answer.Spec.Command is { } command ? [$"# in the directory of {command.Program ?? answer.Spec.Program}, with the sweep file above as sweep.yaml, which is also beside this report"]
                : new[] { "# the sweep file above, which is also beside this report; seeds, data and order of the batches follow from it" },
            "./sweeps run sweep.yaml",
        ];
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>> EnvironmentAsync(ResultsQueries queries, SweepRecord sweep, IReadOnlyList<RunPath> paths)
    {
        var machines = await queries.MachinesOfAsync(sweep.Id);
        var known = (await queries.MachinesAsync()).ToDictionary(machine => machine.Id);
        var devices = paths.SelectMany(path => path.Stages).Select(stage => stage.Device).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        var environment = new List<KeyValuePair<string, string>>
        {
            new("submitted", sweep.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)
                + (sweep.FinishedAt is { } end ? $", finished after {DurationText.Of(end - sweep.CreatedAt)}" : "")),
            new("sweeps", sweep.CodeVersion ?? "an earlier version, which did not tell its commit"),
        };
        foreach (var machine in machines)
            environment.Add(new("machine", machine + (known.TryGetValue(machine, out var record) && Slot.ReadAll(record.SlotsJson) is { Count: > 0 } slots ? $", {SlotText.Of(slots)}" : "")));
        foreach (var device in devices) environment.Add(new("device", device == StageRecord.Several ? "several, one after the other" : device));
        environment.Add(new("report by", $"sweeps {ProductVersion.Of(typeof(ReportContent).Assembly)} on {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}"));
        environment.Add(new("packages", string.Join(", ", Packages.Select(one => VersionOf(one.Package, one.File)).OfType<string>())));
        return environment;
    }

    private static string? VersionOf(string package, string name)
    {
        var file = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(Installation.Worker) }.OfType<string>().Select(place => Path.Combine(place, name + ".dll")).FirstOrDefault(File.Exists);
        if (file is null) return null;
        var version = FileVersionInfo.GetVersionInfo(file);
        // What stands in for a package has the name and the version of this program.
        return version.CompanyName == FileVersionInfo.GetVersionInfo(typeof(ReportContent).Assembly.Location).CompanyName ? $"{package} (its stand-in)" : $"{package} {version.ProductVersion?.Split('+')[0]}";
    }

    private static string Word(RunState state) => state == RunState.Pruned ? "stopped early" : state.ToString().ToLowerInvariant();
}
