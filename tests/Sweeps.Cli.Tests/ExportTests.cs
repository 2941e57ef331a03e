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
        Assert.Equal((0, ""), (await trained.Sweeps.RunAsync("export", checkpoint, "--format", "nanogpt", "-o", "file.safetensors")) is var file ? (file.ExitCode, file.Error) : default);
        Assert.True(File.Exists(Path.Combine(trained.Sweeps.Directory, "file.safetensors")));
    }

    [Fact]
    public async Task What_cannot_be_exported_is_refused_with_one_sentence()
    {
        Assert.Contains("no sweep nothing", (await trained.Sweeps.RunAsync("export", "nothing", "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Contains("it has heads=1, heads=2", (await trained.Sweeps.RunAsync("export", "tiny", "--configuration", "heads=3", "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Contains("it has seeds 1 to 2", (await trained.Sweeps.RunAsync("export", "tiny", "--seed", "7", "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Contains("exists; name another file", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "-o", "sweep.yaml")).Refusal(ExitCode.BadInput));
        Assert.Contains("is a directory; name a file", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "-o", ".")).Refusal(ExitCode.BadInput));
        Assert.Contains("there is no directory", (await trained.Sweeps.RunAsync("export", "tiny", "--format", "gpt2", "-o", "no/where")).Refusal(ExitCode.Storage));
        var text = trained.Sweeps.Write("text.txt", "no weights");
        Assert.Contains("is not a complete safetensors file", (await trained.Sweeps.RunAsync("export", text, "--format", "gpt2")).Refusal(ExitCode.BadInput));
        Assert.Equal(ExitCode.Usage, (await trained.Sweeps.RunAsync("export", "tiny", "--format", "onnx")).ExitCode);
        Assert.False(File.Exists(Path.Combine(trained.Sweeps.Directory, "model.safetensors")));
    }

    private IEnumerable<(int Heads, int Seed, double Loss)> Runs() =>
        from line in trained.Run.Error.Split('\n')
        let match = System.Text.RegularExpressions.Regex.Match(line, @"heads=(\d) seed (\d) is done: val_loss (\d+\.\d+)")
        where match.Success
        select (int.Parse(match.Groups[1].Value), int.Parse(match.Groups[2].Value), double.Parse(match.Groups[3].Value, System.Globalization.CultureInfo.InvariantCulture));
}
