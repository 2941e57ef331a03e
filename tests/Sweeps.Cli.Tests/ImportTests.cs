using System.Text.Json;
using Sweeps.Training.Tests;

namespace Sweeps.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task Logs_of_nanoGPT_become_runs_with_training_seconds_that_no_validation_is_part_of()
    {
        Log("logs/a.log", """
            Overriding: batch_size = 12
            number of parameters: 10.65M
            step 0: train loss 4.2874, val loss 4.2823
            iter 0: loss 4.2654, time 9000.00ms, mfu -100.00%
            iter 10: loss 3.2430, time 20.00ms, mfu -100.00%
            step 20: train loss 2.5, val loss 2.6
            iter 20: loss 2.5, time 9000.00ms, mfu 10.0%
            step 30: train loss nan, val loss 2.4
            """);
        var imported = await sweeps.RunAsync("import", "logs", "--name", "shakespeare", "--target", "2.5");
        Assert.Equal((0, ""), (imported.ExitCode, imported.Error));
        Assert.Contains("1 of 1 run completed; 30 steps imported.", imported.Output);
        using var summary = JsonDocument.Parse((await sweeps.RunAsync("show", "shakespeare", "--json")).Output);
        var configuration = summary.RootElement.GetProperty("configurations")[0];
        Assert.Equal(2.4, configuration.GetProperty("mean").GetDouble());
        Assert.Equal(25, configuration.GetProperty("steps_to_target").GetDouble(), 1e-9);
        // 25 steps of 20 ms: those that took 9 s had a validation in them.
        Assert.Equal(0.5, configuration.GetProperty("seconds_to_target").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Sub_directories_become_configurations_that_may_differ_in_their_number_of_runs_and_are_never_paired()
    {
        Speedrun("logs/before/1.log", 3.29, 400);
        Speedrun("logs/before/2.log", 3.27, 410);
        Speedrun("logs/after/1.log", 3.26, 390);
        Speedrun("logs/after/2.log", 3.28, 380);
        Speedrun("logs/after/3.log", 3.27, 385);
        Log("logs/after/notes.txt", "nothing here");
        var imported = await sweeps.RunAsync("import", "logs", "--name", "two", "--target", "3.5", "--baseline", "before", "--json");
        Assert.Equal(0, imported.ExitCode);
        Assert.Equal("Skipped 1 file without a line with metrics: after/notes.txt.", imported.Error.Trim());
        using var summary = JsonDocument.Parse(imported.Output);
        var configurations = summary.RootElement.GetProperty("configurations").EnumerateArray().ToArray();
        Assert.Equal(["source=after", "source=before"], configurations.Select(configuration => configuration.GetProperty("label").GetString()));
        Assert.Equal([(3, 3), (2, 2)], configurations.Select(configuration => (configuration.GetProperty("n").GetInt32(), configuration.GetProperty("planned").GetInt32())));
        Assert.Equal((1, "welch"), (summary.RootElement.GetProperty("baseline").GetInt32(), configurations[0].GetProperty("test").GetString()));
        Assert.Equal(0, configurations[0].GetProperty("efficiency").GetProperty("pairs").GetInt32());
        Assert.Contains("Evidence: the final validation loss of 5 runs of 2 configurations.", summary.RootElement.GetProperty("verdict").GetString());
        Assert.Contains("two", (await sweeps.RunAsync("list")).Output);
    }

    [Fact]
    public async Task Lines_of_JSON_and_given_patterns_are_read_and_a_named_seed_is_kept()
    {
        Log("logs/first.jsonl", "{\"step\": 0, \"score\": 1, \"train_seconds\": 0}\n{\"step\": 10, \"score\": 5, \"train_seconds\": 2.5, \"tokens\": 640}");
        Log("logs/seed7.txt", "it 0 | 1.5 | 0 s\nit 10 | 4.5 | 2 s");
        var imported = await sweeps.RunAsync("import", "logs", "--name", "scores", "--metric", "score", "--goal", "maximize", "--target", "4", "--pattern", "it {step} | {score} | {train_seconds} s", "--json");
        Assert.Equal((0, ""), (imported.ExitCode, imported.Error));
        using var summary = JsonDocument.Parse(imported.Output);
        Assert.Equal((4.75, "maximize"), (summary.RootElement.GetProperty("configurations")[0].GetProperty("mean").GetDouble(), summary.RootElement.GetProperty("goal").GetString()));
        using var other = JsonDocument.Parse((await sweeps.RunAsync("verdict", "scores", "--metric", "score", "--goal", "minimize", "--json")).Output);
        Assert.Equal((4.75, "minimize"), (other.RootElement.GetProperty("configurations")[0].GetProperty("mean").GetDouble(), other.RootElement.GetProperty("goal").GetString()));
        Log("more/seed7.txt", "it 0 | 1.5 | 0 s\nit 10 | 4.5 | 2 s");
        Log("more/seed=9.txt", "it 0 | 1.5 | 0 s\nit 5 | 4.25 | 2 s");
        var short_ = await sweeps.RunAsync("import", "more", "--name", "more", "--metric", "score", "--pattern", "it {step} | {score} | {train_seconds} s");
        Assert.Contains("1 of 2 runs completed, 1 failed", short_.Output);
        Assert.Contains("Failed: (only one) seed 9: The log seed=9.txt ends at step 5, others of its configuration at step 10.", (await sweeps.RunAsync("show", "more")).Output);
    }

    [Fact]
    public async Task The_same_logs_again_are_said_to_be_there_and_not_doubled()
    {
        Speedrun("logs/1.log", 3.27, 400);
        await sweeps.RunAsync("import", "logs", "--name", "once");
        Directory.Move(Path.Combine(sweeps.Directory, "logs"), Path.Combine(sweeps.Directory, "elsewhere"));
        var again = await sweeps.RunAsync("import", "elsewhere", "--name", "twice");
        Assert.Equal((0, "These very logs are sweep 1 (once) already; nothing was imported."), (again.ExitCode, again.Error.Trim()));
        using (var list = JsonDocument.Parse((await sweeps.RunAsync("list", "--json")).Output)) Assert.Equal(1, list.RootElement.GetArrayLength());
        Speedrun("elsewhere/2.log", 3.28, 401);
        Assert.Equal((0, ""), (await sweeps.RunAsync("import", "elsewhere", "--name", "more")) is var more ? (more.ExitCode, more.Error) : default);
    }

    [Fact]
    public async Task What_cannot_be_imported_is_refused_in_a_sentence_that_says_what_helps()
    {
        Log("plain/notes.txt", "nothing here");
        Speedrun("mixed/1.log", 3.27, 400);
        Speedrun("mixed/inner/1.log", 3.27, 400);
        Directory.CreateDirectory(Path.Combine(sweeps.Directory, "empty"));
        Assert.Contains("there is no directory nowhere", await Refused("nowhere"));
        Assert.Contains("empty holds no files", await Refused("empty"));
        Assert.Contains("none of the 1 files in plain has a line with metrics", await Refused("plain"));
        Assert.Contains("mixed has logs both in itself (1.log) and in its sub-directory inner", await Refused("mixed"));
        Assert.Contains("1.log has no accuracy; it has val_loss: choose one with --metric", await Refused("mixed/inner", "--metric", "accuracy"));
        Assert.Contains("has no sub-directory other with logs; it has inner", await Refused("mixed/inner", "--baseline", "other"));
        Assert.Contains("a pattern needs {step}", (await sweeps.RunAsync("import", "mixed/inner", "--name", "x", "--pattern", "loss {val_loss}")).Error);

        async Task<string> Refused(params string[] arguments) => (await sweeps.RunAsync(["import", .. arguments, "--name", "x"])).Refusal(ExitCode.BadInput);
    }

    [Fact]
    public async Task Nothing_of_an_imported_sweep_is_ever_trained()
    {
        Speedrun("logs/1.log", 3.27, 400);
        await sweeps.RunAsync("import", "logs", "--name", "theirs");
        Assert.Contains("was imported, not trained here: there is nothing to resume", (await sweeps.RunAsync("resume", "theirs")).Refusal(ExitCode.BadInput));
        Assert.Contains("is of an imported sweep", (await sweeps.RunAsync("extend", "theirs", "--seeds", "3")).Refusal(ExitCode.BadInput));
        Assert.Contains("was imported, and nothing of it can be trained here", (await sweeps.RunAsync("extend", "theirs", sweeps.Write("sweep.yaml", SweepFiles.Grid))).Refusal(ExitCode.BadInput));
        Assert.Contains("was imported from logs, which hold no weights", (await sweeps.RunAsync("sample", "theirs")).Refusal(ExitCode.BadInput));
    }

    [Fact]
    public async Task The_records_of_the_speedrun_give_its_published_p_value_and_compare_with_intervals()
    {
        var shared = SharedData.Directory("speedrun");
        Assert.SkipWhen(shared is null, "The logs of the speedrun are not here; $SWEEPS_DATA/speedrun is where they are looked for.");
        var data = Path.Combine(shared!, "speedrun");
        foreach (var record in new[] { "smoothed-2025-12-21", "mtp-2025-12-22" })
            Assert.Equal(0, (await sweeps.RunAsync("import", Path.Combine(data, record), "--name", record, "--target", "3.28")).ExitCode);
        var compared = await sweeps.RunAsync("compare", "smoothed-2025-12-21", "mtp-2025-12-22", "--json");
        using var comparison = JsonDocument.Parse(compared.Output);
        var row = comparison.RootElement.GetProperty("rows")[1];
        double Rounded(string name, int digits) => Math.Round(row.GetProperty(name).GetDouble(), digits);
        Assert.Equal((14, 3.2787, 0.0010, 0.0003), (row.GetProperty("n").GetInt32(), Rounded("mean", 4), Rounded("sd", 4), Rounded("beyond_target_p", 4)));
        var ratios = row.GetProperty("to_target").EnumerateArray().ToDictionary(cost => cost.GetProperty("unit").GetString()!, cost => cost.GetProperty("ratio"));
        Assert.Equal(1.042, ratios["steps"].GetProperty("value").GetDouble(), 1e-3);
        Assert.Equal(1.020, ratios["seconds"].GetProperty("value").GetDouble(), 1e-3);
        Assert.All(ratios.Values, ratio => Assert.InRange(1.0, 0, ratio.GetProperty("interval").GetProperty("low").GetDouble()));
    }

    private void Speedrun(string path, double loss, int milliseconds) => Log(path, $"""
        step:0/20 val_loss:10.8 train_time:0ms step_avg:0.03ms
        step:10/20 val_loss:4.27 train_time:{milliseconds / 2}ms step_avg:33.65ms
        step:20/20 val_loss:{loss.ToString(System.Globalization.CultureInfo.InvariantCulture)} train_time:{milliseconds}ms step_avg:33.42ms
        """);

    private void Log(string path, string text)
    {
        Directory.CreateDirectory(Path.Combine(sweeps.Directory, Path.GetDirectoryName(path)!));
        sweeps.Write(path, text);
    }
}
