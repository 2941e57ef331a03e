using System.Text.Json;
using System.Xml.Linq;

namespace Sweeps.Cli.Tests;

public sealed class RunTests(TrainedSweep trained) : IClassFixture<TrainedSweep>
{
    private JsonElement Summary => JsonDocument.Parse(File.ReadAllText(Path.Combine(trained.Results, "summary.json"))).RootElement;

    [Fact]
    public void A_run_ends_with_a_table_the_verdict_and_the_place_of_the_results()
    {
        var (exitCode, output, error) = trained.Run;
        Assert.Equal((0, ""), (exitCode, string.Join('\n', error.Split('\n').Where(line => line.StartsWith("sweeps:", StringComparison.Ordinal)))));
        Assert.Contains("tiny (1), completed: Do two heads help?\n4 of 4 runs completed; 80 steps trained.\n", output);
        Assert.Matches(@"configuration +seeds +val_loss +95% interval +tokens to 2.5 +sample efficiency +standing", output);
        Assert.Matches(@"heads=1 +2 +\d\.\d{4} +-?\d+\.\d{4} to \d+\.\d{4}", output);
        Assert.Contains("Evidence: the final validation loss of 2 seeds of each of 2 configurations.", output);
        Assert.EndsWith("Results: results/tiny-1\n", output);
    }

    [Fact]
    public void Progress_goes_to_standard_error_and_names_every_run()
    {
        Assert.StartsWith("Sweep 1 (tiny): 4 runs, 80 steps, on ", trained.Run.Error);
        foreach (var run in new[] { "heads=1 seed 1", "heads=1 seed 2", "heads=2 seed 1", "heads=2 seed 2" })
            Assert.Contains($"{run} is done: val_loss ", trained.Run.Error);
        Assert.Contains("80 of 80 steps, 4 of 4 runs\n", trained.Run.Error);
    }

    [Fact]
    public void The_summary_has_the_evidence_of_each_configuration()
    {
        Assert.Equal(("tiny", "completed", 80L), (Summary.GetProperty("name").GetString(), Summary.GetProperty("state").GetString(), Summary.GetProperty("steps_trained").GetInt64()));
        foreach (var configuration in Summary.GetProperty("configurations").EnumerateArray())
        {
            Assert.Equal(2, configuration.GetProperty("n").GetInt32());
            Assert.InRange(configuration.GetProperty("mean").GetDouble(), 0.5, 10);
            Assert.Equal(16, configuration.GetProperty("parameters").GetProperty("width").GetInt32());
        }
    }

    [Fact]
    public void A_target_that_is_never_reached_is_said_in_table_and_verdict()
    {
        Assert.Matches("heads=1 .* not reached .*baseline", trained.Run.Output);
        Assert.Contains("The target 2.5000 was never reached by heads=1 (2 of 2 seeds); heads=2 (2 of 2 seeds).", trained.Run.Output);
        Assert.Equal(2, Summary.GetProperty("configurations")[0].GetProperty("not_reached").GetInt32());
    }

    [Fact]
    public void Charts_and_report_are_written()
    {
        foreach (var chart in new[] { "loss.svg", "efficiency.svg" })
            Assert.Equal("svg", XDocument.Load(Path.Combine(trained.Results, chart)).Root!.Name.LocalName);
        var report = File.ReadAllText(Path.Combine(trained.Results, "report.html"));
        Assert.Contains("Do two heads help?", report);
        Assert.Contains("checkpoint_every: {value: 5}", report);
    }

    [Fact]
    public async Task Json_is_the_summary_that_the_run_wrote()
    {
        var shown = await trained.Sweeps.RunAsync("show", "tiny", "--json");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Equal(File.ReadAllText(Path.Combine(trained.Results, "summary.json")), shown.Output);
    }

    [Fact]
    public async Task Show_prints_the_same_answer_by_name_and_by_id()
    {
        var byName = await trained.Sweeps.RunAsync("show", "tiny");
        var byId = await trained.Sweeps.RunAsync("show", "1");
        Assert.Equal(0, byName.ExitCode);
        Assert.Equal(byName.Output, byId.Output);
        Assert.Equal(trained.Run.Output, byName.Output + "Results: results/tiny-1\n");
    }

    [Fact]
    public async Task List_shows_the_sweep_and_the_first_line_of_its_verdict()
    {
        var result = await trained.Sweeps.RunAsync("list");
        Assert.Matches(@" 1 +tiny +completed +4/4 +100% +\d{4}-\d\d-\d\d \d\d:\d\d +No ", result.Output);
        var json = JsonDocument.Parse((await trained.Sweeps.RunAsync("list", "--json")).Output).RootElement;
        Assert.Equal("completed", json[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_unknown_sweep_is_refused()
    {
        Assert.Equal("sweeps: there is no sweep nothing: `sweeps list` shows those there are.", (await trained.Sweeps.RunAsync("show", "nothing")).Refusal(ExitCode.BadInput));
    }

    [Fact]
    public async Task Doctor_finds_nothing_missing_where_training_works()
    {
        var result = await trained.Sweeps.RunAsync("doctor");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches("ok: database with 1 sweep, \\d+ metric points and 4 checkpoints\n", result.Output);
    }

    [Fact]
    public async Task Doctor_finds_a_checkpoint_whose_content_has_changed_when_it_reads_everything()
    {
        Assert.Equal(0, (await trained.Sweeps.RunAsync("doctor", "--deep")).ExitCode);
        var checkpoint = Directory.GetFiles(Path.Combine(trained.Sweeps.Home, "checkpoints"), "*.safetensors", SearchOption.AllDirectories)[0];
        var content = File.ReadAllBytes(checkpoint);
        try
        {
            File.WriteAllBytes(checkpoint, [.. content[..^1], (byte)(content[^1] ^ 1)]);
            Assert.Equal(0, (await trained.Sweeps.RunAsync("doctor")).ExitCode);
            var result = await trained.Sweeps.RunAsync("doctor", "--deep");
            Assert.Equal(ExitCode.Database, result.ExitCode);
            Assert.Contains($"1 checkpoint not with the content that was recorded: {checkpoint}; put the files back", result.Error);
        }
        finally
        {
            File.WriteAllBytes(checkpoint, content);
        }
    }
}
