using System.Globalization;
using Microsoft.Data.Sqlite;
using Sweeps.Core.Statistics;
using Sweeps.Results.Queries;

namespace Benchmarks;

/// <summary>
/// What a sweep takes by all that this platform does, against a script that trains the same runs with PyTorch one after the other: when to untie the output head
/// (5 times), with which loss weights (3 schedules), over some seeds, with nanoGPT's model for the CPU, shortened.
/// </summary>
internal static class Headline
{
    private const double Bound = 0.2;
    private const int Steps = 240;

    private static readonly string[] Untie = ["never", "0.25", "0.5", "0.75", "0.9"];
    private static readonly string[] Weights = ["[1]", "[1, 0.5, 0.25] -> [1, 0.5] -> [1]", "[1, 0.5, 0.25->0] -> [1, 0.5->0] -> [1]"];

    /// <param name="seeds">Runs of each configuration, at least 2.</param>
    internal static int Run(int seeds)
    {
        var data = Environment.GetEnvironmentVariable("SWEEPS_DATA") ?? "";
        var text = Path.Combine(data, "tinyshakespeare.txt");
        if (!File.Exists(text))
        {
            Console.Error.WriteLine($"The headline benchmark trains on tinyshakespeare.txt: name its directory in SWEEPS_DATA (looked for {Path.GetFullPath(text)}).");
            return 2;
        }
        var runs = Untie.Length * Weights.Length * seeds;
        var theirs = PyTorch(text, seeds);
        var ours = Sweeps(data, "bf16", cpus: 1, slots: Environment.ProcessorCount, seeds, share: true);
        Measured.Header($"{Untie.Length} untying times x {Weights.Length} loss weights x {seeds} seeds, {Steps} steps each (s)", "sweeps", "PyTorch");
        var ok = Measured.Row("the whole sweep", Text(ours.Seconds), Text(theirs.Seconds), ours.Seconds / theirs.Seconds, Bound);

        // Initial weights and batches are others, so that seeds are no pairs.
        var comparisons = theirs.Losses.Keys.Select(key => (Key: key, Ours: ours.Losses[key], Theirs: theirs.Losses[key])).ToArray();
        var adjusted = Holm.Adjust([.. comparisons.Select(pair => TTest.Welch(pair.Ours, pair.Theirs).P ?? 1)]);
        var told = adjusted.Count(p => p < 0.01);
        var (mean, other) = (comparisons.Average(pair => pair.Ours.Average()), comparisons.Average(pair => pair.Theirs.Average()));
        ok &= Measured.Row("configurations whose final loss is told apart", Text(mean), Text(other), told, bound: 0);

        // Each step from their way to ours, on the runs of one seed, in seconds a run.
        var alone = Sweeps(data, "fp32", cpus: 2, slots: 2, seeds: 1, share: false).Seconds / (runs / seeds);
        var half = Sweeps(data, "bf16", cpus: 2, slots: 2, seeds: 1, share: false).Seconds / (runs / seeds);
        var cores = Sweeps(data, "bf16", cpus: 1, slots: Environment.ProcessorCount, seeds: 1, share: false).Seconds / (runs / seeds);
        var before = theirs.Seconds / runs;
        foreach (var (what, seconds) in new[]
        {
            ("  trained by sweeps, fp32, one worker of two threads", alone), ("  ... in bf16", half), ("  ... by one worker of one thread for each core", cores),
            ("  ... and what runs have in common once", ours.Seconds / runs),
        })
        {
            Measured.Row(what + " (s a run)", Text(seconds), Text(before), seconds / before, bound: null);
            before = seconds;
        }
        return ok ? 0 : 1;
    }

    private static (double Seconds, Dictionary<(string, string), double[]> Losses) PyTorch(string text, int seeds)
    {
        string[] arguments = ["--text", text, "--steps", Number(Steps), "--warmup", Number(Steps / 10), "--seeds", Number(seeds), .. Weights.SelectMany(weights => new[] { "--weights", weights }),
            .. Untie.SelectMany(share => new[] { "--untie", share })];
        var result = Measured.Run(AgainstPyTorch.Python, [Path.Combine(AppContext.BaseDirectory, "pytorch", "untie_sweep.py"), .. arguments], AgainstPyTorch.Fastest(Shape.NanoGpt, threads: 2));
        return (result.GetProperty("seconds").GetDouble(), result.GetProperty("runs").EnumerateArray()
            .GroupBy(run => (run.GetProperty("weights").GetString()!, run.GetProperty("untie_at").GetString()!), run => run.GetProperty("val_loss").GetDouble())
            .ToDictionary(group => group.Key, group => group.ToArray()));
    }

    private static (double Seconds, Dictionary<(string, string), double[]> Losses) Sweeps(string data, string precision, int cpus, int slots, int seeds, bool share)
    {
        var home = Directory.CreateTempSubdirectory("sweeps-headline-");
        try
        {
            var file = Path.Combine(home.FullName, "headline.yaml");
            File.WriteAllText(file, $$"""
                name: headline
                method: grid
                metric: {name: val_loss, goal: minimize}
                parameters:
                  untie_at: {values: [{{string.Join(", ", Untie)}}]}
                  loss_weights: {values: [{{string.Join(", ", Weights.Select(weights => $"\"{weights}\""))}}]}
                  heads: {value: 3}
                  data: {value: tinyshakespeare}
                  steps: {value: {{Steps}}}
                  warmup_steps: {value: {{Steps / 10}}}
                  beta2: {value: 0.99}
                  precision: {value: {{precision}}}
                  eval_every: {value: {{Steps}}}
                  eval_batches: {value: 40}
                seeds: {{seeds}}
                baseline: {untie_at: never, loss_weights: "[1]"}
                resources: {cpus: {{cpus}}}
                """);
            var command = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Sweeps.Cli", "release", "sweeps.dll"));
            var started = TimeProvider.System.GetTimestamp();
            Measured.Start("dotnet", [command, "run", file, "--home", home.FullName, "-o", Path.Combine(home.FullName, "results"), "--slots", Number(slots), .. share ? Array.Empty<string>() : ["--no-share"]],
                [("SWEEPS_DATA", data)]);
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            return (seconds, LossesAsync(Path.Combine(home.FullName, "sweeps.db")).GetAwaiter().GetResult());
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            home.Delete(recursive: true);
        }
    }

    private static async Task<Dictionary<(string, string), double[]>> LossesAsync(string database)
    {
        var queries = await ResultsQueries.OpenAsync(database);
        var parameters = (await queries.ConfigurationsAsync(1)).ToDictionary(configuration => configuration.Ordinal, configuration => configuration.Parameters);
        return (await queries.RunsAsync(1)).GroupBy(run => (parameters[run.Ordinal]["loss_weights"].ToString(), parameters[run.Ordinal]["untie_at"].ToString()), run => run.Last!.Value)
            .ToDictionary(group => group.Key, group => group.ToArray());
    }

    private static string Text(double value) => value.ToString(value < 10 ? "F3" : "F1", CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
