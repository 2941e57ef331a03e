using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.Cli.Tests;

/// <summary>A sweep that is extended is the one that had been larger from the start, and nothing of it is trained twice.</summary>
public sealed class ExtendTests : IDisposable
{
    // Seconds, speed and memory are those of the machine.
    private static readonly string[] Exact = ["train_loss", "objective", "gradient_norm", "learning_rate", "val_loss"];

    private static readonly string Small = SweepFiles.Grid.Replace("seeds: 2", "seeds: 1   # to begin with").Replace("parameters:", "parameters:\n  decay_steps: {value: 20}");

    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact, Trait("Speed", "Slow")]
    public async Task More_steps_and_seeds_give_the_sweep_that_had_them_from_the_start()
    {
        await RunAsync("run", sweeps.Write("small.yaml", Small));
        var extended = await RunAsync("extend", "tiny", "--steps", "40", "--seeds", "2");
        Assert.StartsWith("Sweep 1 gets 2 more runs and makes 2 longer. 120 steps to train; 40 steps that they begin with are there already.\n", extended.Error);
        var large = Small.Replace("steps: {value: 20}\n  warmup", "steps: {value: 40}\n  warmup").Replace("seeds: 1 ", "seeds: 2 ");
        Assert.Equal(large, (await (await ResultsQueries.OpenAsync(sweeps.Database)).FindSweepAsync(1))!.FileText);
        await EqualAsync(large, steps: 160);
        Assert.Equal("Sweep 1 has all of these runs already.", (await RunAsync("extend", "1", "--seeds", "2")).Error.Split('\n')[0]);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task More_values_give_the_sweep_that_had_them_from_the_start()
    {
        await RunAsync("run", sweeps.Write("small.yaml", Small));
        // The new value goes first, and what was a constant varies.
        var large = Small.Replace("heads: {values: [1, 2]}", "heads: {values: [3, 1, 2]}").Replace("layers: {value: 1}", "layers: {values: [1, 2]}").Replace("heads: 1}", "heads: 1, layers: 1}");
        var extended = await RunAsync("extend", "1", sweeps.Write("large.yaml", large), "--json");
        Assert.StartsWith("Sweep 1 gets 4 more runs and makes 0 longer. 80 steps to train; 0 steps that they begin with are there already.\n", extended.Error);
        await EqualAsync(large, steps: 120);
    }

    [Fact]
    public async Task A_file_that_leaves_something_out_is_refused_and_nothing_changes()
    {
        await RunAsync("run", sweeps.Write("small.yaml", Small.Replace("seeds: 1", "seeds: 2")));
        await RefusedAsync("the file leaves out heads=1 of sweep 1: `extend` adds", Small.Replace("[1, 2]", "[2, 3]").Replace("seeds: 1", "seeds: 2").Replace("baseline: {heads: 1}", ""));
        await RefusedAsync("the file leaves out heads=1, heads=2 of sweep 1", Small.Replace("width: {value: 16}", "width: {value: 32}").Replace("seeds: 1", "seeds: 2"));
        await RefusedAsync("sweep 1 has 2 seeds, the file 1", Small);
        await RefusedAsync("the file ends heads=1 at step 10, sweep 1 at step 20", Small.Replace(" steps: {value: 20}\n  warmup", " steps: {value: 10}\n  warmup").Replace("seeds: 1", "seeds: 2"));
        Assert.Equal(2, (await sweeps.RunAsync("extend", "1")).ExitCode);
        Assert.Equal(2, (await sweeps.RunAsync("extend", "1", "small.yaml", "--steps", "30")).ExitCode);
        var none = await sweeps.RunAsync("extend", "7", "--steps", "30");
        Assert.Equal((3, "sweeps: there is no sweep 7: `sweeps list` shows those there are.\n"), (none.ExitCode, none.Error));
        Assert.Equal(4, (await (await ResultsQueries.OpenAsync(sweeps.Database)).RunsAsync(1)).Count(run => run is { State: RunState.Completed, Steps: 20 }));
    }

    private async Task RefusedAsync(string problem, string file)
    {
        var result = await sweeps.RunAsync("extend", "1", sweeps.Write("other.yaml", file));
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith($"sweeps: {problem}", result.Error);
    }

    private async Task EqualAsync(string file, long steps)
    {
        await RunAsync("run", sweeps.Write("large.yaml", file), "--home", "whole", "--no-share");
        var (extended, whole) = (await ResultsQueries.OpenAsync(sweeps.Database), await ResultsQueries.OpenAsync(Path.Combine(sweeps.Directory, "whole", "sweeps.db")));
        Assert.Equal(await PointsAsync(whole), await PointsAsync(extended));
        var overview = (await extended.SweepAsync(1))!;
        Assert.Equal((SweepState.Completed, steps, steps), (overview.Sweep.State, overview.StepsDone, overview.StepsPlanned));
        foreach (var stage in await extended.StagesAsync(1)) Assert.Single(await extended.AttemptsAsync(stage.Id));
        Assert.Equal((await whole.ConfigurationsAsync(1)).Select(Shown), (await extended.ConfigurationsAsync(1)).Select(Shown));

        static string Shown(ConfigurationRecord one) => $"{one.Ordinal} {one.Label} {one.IsBaseline} {one.ParametersJson}";
    }

    private static async Task<IReadOnlyList<string>> PointsAsync(ResultsQueries queries)
    {
        var points = new List<string>();
        var labels = (await queries.RunsAsync(1)).ToDictionary(run => run.Id, run => $"{run.Label} seed {run.Seed}");
        foreach (var metric in Exact)
            foreach (var run in await queries.CurvesAsync(1, metric))
                points.AddRange(run.Points.Select(p => FormattableString.Invariant($"{metric} {labels[run.RunId]} step {p.Step}: {p.Value:R} at {p.Tokens} tokens")));
        Assert.NotEmpty(points);
        return points;
    }

    private async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var result = await sweeps.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
