using System.CommandLine;
using Sweeps.Cli.Output;
using Sweeps.Core.Commands;
using Sweeps.Core.Gpt;
using Sweeps.Head.Imports;
using Sweeps.Head.Reports;
using Sweeps.Results;

namespace Sweeps.Cli.Commands;

/// <summary><c>sweeps import DIR --name NAME</c>: logs of other programs as a finished sweep.</summary>
internal static class ImportCommand
{
    private const int MostNamed = 5;

    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "The logs, one file for each run; of several configurations one sub-directory each", HelpName = "DIR" };
        var name = new Option<string>("--name") { Description = "Name of the sweep that they become", HelpName = "NAME", Required = true };
        var metric = new Option<string>("--metric") { Description = "The metric that it is judged by (default: val_loss)", HelpName = "NAME", DefaultValueFactory = _ => "val_loss" };
        var goal = new Option<string?>("--goal") { Description = "minimize or maximize (default: what the metric's name says, else minimize)", HelpName = "GOAL" };
        goal.AcceptOnlyFromAmong("minimize", "maximize");
        var target = TargetOption.Create("Value of the metric to reach");
        var baseline = new Option<string?>("--baseline") { Description = "The sub-directory that the others are compared with (default: the first)", HelpName = "NAME" };
        var pattern = new Option<string[]>("--pattern")
        {
            Description = "What a line with metrics looks like, as under `metrics` in a sweep file: \"it {step} | {val_loss} | {train_seconds} s\"; may be given again. "
                + "train_time_ms, train_seconds and iter_time_ms are training time", HelpName = "PATTERN",
        };
        pattern.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (MetricPattern.Read(token.Value, out var problem, out _) is null) result.AddError($"--pattern \"{token.Value}\": {problem}.");
        });
        var home = Home.CreateOption();
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command("import", "Make a finished sweep of logs that nanoGPT, modded-nanogpt or other programs wrote") { directory, name, metric, goal, target, baseline, pattern, home, json };
        command.SetAction(async (parsed, _) =>
        {
            await using var store = await ResultsStore.OpenAsync(Home.Of(parsed, home).Database);
            var import = await SweepImport.ImportAsync(store, new ImportRequest(parsed.GetRequiredValue(directory), parsed.GetRequiredValue(name))
            {
                Metric = parsed.GetRequiredValue(metric),
                Goal = parsed.GetValue(goal) is { } given ? Enum.Parse<MetricGoal>(given, ignoreCase: true) : null,
                Target = parsed.GetValue(target),
                Baseline = parsed.GetValue(baseline),
                Patterns = [.. (parsed.GetValue(pattern) ?? []).Select(text => MetricPattern.Read(text, out var _, out var _)!)],
            });
            if (import.Skipped.Count > 0)
                await Console.Error.WriteLineAsync($"Skipped {Numbers.Count(import.Skipped.Count, "file")} without a line with metrics: {string.Join(", ", import.Skipped.Take(MostNamed))}"
                    + (import.Skipped.Count > MostNamed ? $" and {import.Skipped.Count - MostNamed} more." : "."));
            var answer = await SweepAnswer.ReadAsync(store.Queries, import.SweepId);
            if (!import.IsNew) await Console.Error.WriteLineAsync($"These very logs are sweep {import.SweepId} ({answer.Overview.Sweep.Name}) already; nothing was imported.");
            if (parsed.GetValue(json)) Console.WriteLine(answer.ToJson());
            else SummaryTable.Write(Terminal.Out, answer);
            return ExitCode.Ok;
        });
        return command;
    }
}
