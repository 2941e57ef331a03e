using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sweeps.Cli.Tests;

public sealed partial class ReportTests(TrainedSweep trained) : IClassFixture<TrainedSweep>
{
    [Fact]
    public async Task A_report_of_a_stored_sweep_has_the_files_and_numbers_of_its_run()
    {
        var report = await trained.Sweeps.RunAsync("report", "1", "-o", "again");
        Assert.Equal((0, ""), (report.ExitCode, report.Error));
        var again = Path.Combine(trained.Sweeps.Directory, "again");
        Assert.Equal(Files(trained.Results), Files(again));
        foreach (var file in new[] { "summary.json", "loss.svg", "efficiency.svg", "sweep.yaml" })
            Assert.Equal(await Read(trained.Results, file), await Read(again, file));
        // Only the times at which the two were written differ.
        Assert.Equal(Times().Replace(await Read(trained.Results, "report.html"), ""), Times().Replace(await Read(again, "report.html"), ""));
    }

    [Fact]
    public async Task It_tells_code_machine_device_packages_and_the_commands_that_give_the_numbers_again()
    {
        var html = await Read(trained.Results, "report.html");
        Assert.Matches(@"<dt>sweeps</dt>\s*<dd>\d+\.\d+\.\d+", html);
        Assert.Matches(@"<dt>machine</dt>\s*<dd>.+ slots? of \d+ thread", html);
        Assert.Matches(@"<dt>device</dt>\s*<dd>(cpu .+, threads \d+|gpu .+)</dd>", html);
        Assert.Contains("YamlDotNet ", html);
        Assert.Contains("./sweeps run sweep.yaml", html);
        Assert.Contains("All runs: 4 completed", html);
    }

    [Fact]
    public async Task The_sweep_file_beside_a_report_is_complete_at_once_when_it_is_run_again()
    {
        var run = await trained.Sweeps.RunAsync("run", Path.Combine("results", "tiny-1", "sweep.yaml"), "-o", "repeated", "--json");
        Assert.Equal(0, run.ExitCode);
        using var summary = JsonDocument.Parse(run.Output);
        Assert.Equal(0, summary.RootElement.GetProperty("steps_trained").GetInt32());
    }

    [Fact]
    public async Task Comparing_one_sweep_compares_its_configurations_paired_by_seed()
    {
        var compare = await trained.Sweeps.RunAsync("compare", "1", "--json");
        using var comparison = JsonDocument.Parse(compare.Output);
        var rows = comparison.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["heads=1", "heads=2"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(("paired", JsonValueKind.Null), (rows[1].GetProperty("test").GetString(), rows[0].GetProperty("test").ValueKind));
        using var shown = JsonDocument.Parse((await trained.Sweeps.RunAsync("show", "1", "--json")).Output);
        Assert.Equal(shown.RootElement.GetProperty("configurations")[1].GetProperty("p").GetDouble(), rows[1].GetProperty("difference").GetProperty("p").GetDouble());
        Assert.Contains("heads=2: the final loss is ", (await trained.Sweeps.RunAsync("compare", "tiny")).Output);
    }

    [Fact]
    public async Task Several_sweeps_are_told_in_one_document_with_their_figures_beside_it()
    {
        var several = await trained.Sweeps.RunAsync("report", "1", "tiny", "-o", "x");
        Assert.Equal(ExitCode.Usage, several.ExitCode);
        Assert.Contains("add --markdown FILE", several.Error);
        Assert.Contains("tiny is named twice", (await trained.Sweeps.RunAsync("report", "1", "tiny", "--markdown", "TWICE.md")).Refusal(ExitCode.BadInput));
        var report = await trained.Sweeps.RunAsync("report", "tiny", "--markdown", "docs/RESULTS.md");
        Assert.Equal((0, ""), (report.ExitCode, report.Error));
        var text = await Read(Path.Combine(trained.Sweeps.Directory, "docs"), "RESULTS.md");
        Assert.Contains("## tiny", text);
        Assert.Contains("**Answer.** ", text);
        Assert.Contains("| heads=1 baseline |", text);
        foreach (var figure in Figure().Matches(text).Select(match => match.Groups[1].Value)) Assert.Contains("<svg", await Read(Path.Combine(trained.Sweeps.Directory, "docs"), figure));
        Assert.NotEmpty(Figure().Matches(text));
    }

    [Fact]
    public async Task Sweeps_of_different_metrics_or_that_are_not_there_are_not_compared()
    {
        Directory.CreateDirectory(Path.Combine(trained.Sweeps.Directory, "logs"));
        trained.Sweeps.Write("logs/1.jsonl", "{\"step\": 1, \"score\": 5}");
        Assert.Equal(0, (await trained.Sweeps.RunAsync("import", "logs", "--name", "scores", "--metric", "score", "--goal", "maximize")).ExitCode);
        Assert.Contains("is judged by val_loss (minimize), sweep scores", (await trained.Sweeps.RunAsync("compare", "1", "scores")).Refusal(ExitCode.BadInput));
        Assert.Contains("there is no sweep nothing", (await trained.Sweeps.RunAsync("compare", "1", "nothing")).Refusal(ExitCode.BadInput));
        Assert.Contains("there is no sweep nothing", (await trained.Sweeps.RunAsync("report", "nothing")).Refusal(ExitCode.BadInput));
    }

    private static string?[] Files(string directory) => [.. Directory.GetFiles(directory).Select(Path.GetFileName).Order()];

    private static Task<string> Read(string directory, string file) => File.ReadAllTextAsync(Path.Combine(directory, file), TestContext.Current.CancellationToken);

    [GeneratedRegex(@"\]\((figures/[^)]+)\)")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d")]
    private static partial Regex Times();
}
