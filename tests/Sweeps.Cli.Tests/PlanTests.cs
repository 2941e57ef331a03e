using System.Text.Json;

namespace Sweeps.Cli.Tests;

public sealed class PlanTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_plan_names_configurations_seeds_steps_and_baseline()
    {
        var result = await sweeps.RunAsync("plan", sweeps.Write("sweep.yaml", SweepFiles.Grid));
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("tiny: Do two heads help?\n2 configurations x 2 seeds = 4 runs, 80 steps.\n"
            + "No two runs begin alike; every run is trained from its first step.\nCompared with the baseline heads=1.\n", result.Output);
        Assert.Matches(@"heads=1 +20 +1, 2 +baseline", result.Output);
        Assert.Matches(@"heads=2 +20 +1, 2 *\n", result.Output);
        Assert.False(Directory.Exists(sweeps.Home));
    }

    [Fact]
    public async Task A_plan_says_what_runs_share()
    {
        var file = sweeps.Write("sweep.yaml", """
            method: grid
            parameters: {untie_at: {values: [never, 0.5]}, steps: {value: 1000}, data: {value: grammar}}
            seeds: 3
            """);
        Assert.Contains("\n2 configurations x 3 seeds = 6 runs, 6,000 steps.\nRuns that begin alike share stages: 9 stages with 4,500 steps, 25% fewer.\n",
            (await sweeps.RunAsync("plan", file)).Output);
        Assert.Contains("\nEvery run is trained from its first step; sharing is turned off.\n", (await sweeps.RunAsync("plan", "--no-share", file)).Output);
        var plan = JsonDocument.Parse((await sweeps.RunAsync("plan", "--json", file)).Output).RootElement;
        Assert.Equal((9, 4500, 6000), (plan.GetProperty("stages").GetInt32(), plan.GetProperty("steps").GetInt32(), plan.GetProperty("steps_without_sharing").GetInt32()));
    }

    [Fact]
    public async Task Json_gives_the_same_plan()
    {
        var result = await sweeps.RunAsync("plan", "--json", sweeps.Write("sweep.yaml", SweepFiles.Grid));
        var plan = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(80, plan.GetProperty("steps").GetInt64());
        Assert.Equal(["heads=1", "heads=2"], plan.GetProperty("configurations").EnumerateArray().Select(one => one.GetProperty("label").GetString()!));
        Assert.Equal(4, plan.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task A_long_plan_is_cut_on_the_terminal_and_says_so()
    {
        var file = sweeps.Write("sweep.yaml", "method: grid\nparameters: {warmup_steps: {min: 1, max: 1002}, steps: {value: 2000}, data: {value: grammar}}");
        var output = (await sweeps.RunAsync("plan", file)).Output;
        Assert.Contains("warmup_steps=1000 ", output);
        Assert.DoesNotContain("warmup_steps=1001", output);
        Assert.EndsWith("2 more configurations not shown; --json has all of them.\n", output);
    }
}
