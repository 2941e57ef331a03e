using System.Globalization;
using System.Text.Json;

namespace Sweeps.Cli.Tests;

public sealed class ExportTests(TrainedSweep trained) : IClassFixture<TrainedSweep>
{
    [Fact]
    public async Task A_sweep_stands_for_the_last_checkpoint_of_its_best_run()
    {
        var best = Runs().MinBy(run => run.Loss);
        var result = await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "--out", "best.safetensors");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"heads={best.Heads} seed {best.Seed} of tiny (1), step 20, val_loss {best.Loss:0.0000}\n", result.Error);
        Assert.Matches("^Wrote .*best.safetensors \\(0\\.\\d MiB\\) with the names of gpt2\\.\n$", result.Output);

        var content = File.ReadAllBytes(Path.Combine(trained.Sweeps.Directory, "best.safetensors"));
        var header = JsonDocument.Parse(content.AsMemory(8, BitConverter.ToInt32(content))).RootElement;
        Assert.Equal([16, 48], header.GetProperty("h.0.attn.c_attn.weight").GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()));
    }

    [Fact]
    public async Task A_run_is_chosen_by_configuration_and_seed_and_a_file_by_its_path()
    {
        var result = await trained.Sweeps.RunAsync("export", "1", "--configuration", "heads=2", "--seed", "2", "--format", "nanogpt", "-o", "chosen.safetensors");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("heads=2 seed 2 of tiny (1), step 20, ", result.Error);

        var checkpoint = Directory.GetFiles(Path.Combine(trained.Sweeps.Home, "checkpoints"), "step-00000020.safetensors", SearchOption.AllDirectories)[0];
        Assert.Equal((0, ""), (await trained.Sweeps.RunAsync("export", checkpoint, "--format", "nanogpt", "-o", "new/file.safetensors")) is var file ? (file.ExitCode, file.Error) : default);
        Assert.True(File.Exists(Path.Combine(trained.Sweeps.Directory, "new", "file.safetensors")));
    }

    [Fact]
    public async Task What_cannot_be_exported_is_refused_with_one_sentence()
    {
        Assert.Contains("no sweep nothing", (await trained.Sweeps.RunAsync("export", "nothing", "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Contains("it has heads=1, heads=2", (await trained.Sweeps.RunAsync("export", "tiny", "--configuration", "heads=3", "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Contains("it has seeds 1 to 2", (await trained.Sweeps.RunAsync("export", "tiny", "--seed", "7", "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Contains("exists; name another file", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "-o", "sweep.yaml")).Refusal(ExitCode.BadInput));
        Assert.Contains("is a directory; name a file", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "-o", ".")).Refusal(ExitCode.BadInput));
        var below = await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "-o", "sweep.yaml/model.safetensors");
        Assert.Equal(ExitCode.Storage, below.ExitCode);
        Assert.Contains("cannot be made", below.Error);
        var text = trained.Sweeps.Write("text.txt", "no weights");
        Assert.Contains("is not a complete safetensors file", (await trained.Sweeps.RunAsync("export", text, "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Equal(ExitCode.Usage, (await trained.Sweeps.RunAsync("export", "tiny", "--format", "onnx")).ExitCode);
        Assert.False(File.Exists(Path.Combine(trained.Sweeps.Directory, "model.safetensors")));
    }

    [Fact]
    public async Task All_results_of_a_sweep_are_written_as_csv_and_json()
    {
        var csv = await trained.Sweeps.RunAsync("export", "tiny", "--format", "csv");
        Assert.Equal((0, ""), (csv.ExitCode, csv.Error));
        Assert.Matches("^Wrote .*tiny-1\\.csv \\(0\\.\\d MiB\\) with the results of tiny \\(1\\)\\.\n$", csv.Output);
        var rows = File.ReadAllLines(Path.Combine(trained.Sweeps.Directory, "tiny-1.csv"));
        Assert.Equal("sweep,configuration,heads,seed,step,tokens,seconds,metric,value", rows[0]);
        foreach (var run in Runs())
            Assert.Contains(rows, row => row.StartsWith($"tiny,heads={run.Heads},{run.Heads},{run.Seed},20,1280,", StringComparison.Ordinal)
                && row.Split(',') is [.., "val_loss", var value] && $"{double.Parse(value, CultureInfo.InvariantCulture):0.0000}" == $"{run.Loss:0.0000}");

        Assert.Equal(0, (await trained.Sweeps.RunAsync("export", "1", "--format", "json", "-o", "all.json")).ExitCode);
        var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(trained.Sweeps.Directory, "all.json"))).RootElement;
        Assert.Equal(rows.Length - 1, json.GetProperty("runs").EnumerateArray().Sum(run => run.GetProperty("points").EnumerateObject().Sum(metric => metric.Value.GetArrayLength())));
    }

    [Fact]
    public async Task The_database_of_a_sweep_is_a_home_of_its_own()
    {
        var home = Path.Combine(trained.Sweeps.Directory, "its own");
        Directory.CreateDirectory(home);
        Assert.Equal(0, (await trained.Sweeps.RunAsync("export", "tiny", "--format", "sqlite", "-o", Path.Combine(home, "sweeps.db"))).ExitCode);
        var sweep = Assert.Single(JsonDocument.Parse((await trained.Sweeps.RunAsync("list", "--home", home, "--json")).Output).RootElement.EnumerateArray());
        Assert.Equal(("tiny", "completed"), (sweep.GetProperty("name").GetString(), sweep.GetProperty("state").GetString()));
        Assert.Equal((await trained.Sweeps.RunAsync("show", "tiny", "--json")).Output, (await trained.Sweeps.RunAsync("show", "tiny", "--home", home, "--json")).Output);
    }

    [Fact]
    public async Task Results_that_cannot_be_exported_are_refused_with_one_sentence()
    {
        Assert.Contains("there is no sweep nothing", (await trained.Sweeps.RunAsync("export", "nothing", "--format", "csv")).Refusal(ExitCode.BadInput));
        Assert.Contains("--format json has all runs", (await trained.Sweeps.RunAsync("export", "tiny", "--seed", "1", "--format", "json")).Refusal(ExitCode.Usage));
        Assert.Contains("exists; name another file", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "sqlite", "-o", "sweep.yaml")).Refusal(ExitCode.BadInput));
        Assert.Contains("There are no results yet", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "csv", "--home", "empty")).Refusal(ExitCode.BadInput));
    }

    private IEnumerable<(int Heads, int Seed, double Loss)> Runs() =>
        from line in trained.Run.Error.Split('\n')
        let match = System.Text.RegularExpressions.Regex.Match(line, @"heads=(\d) seed (\d) is done: val_loss (\d+\.\d+)")
        where match.Success
        select (int.Parse(match.Groups[1].Value), int.Parse(match.Groups[2].Value), double.Parse(match.Groups[3].Value, System.Globalization.CultureInfo.InvariantCulture));
}
