using Sweeps.Results.Queries;
using Sweeps.Results.Records;
using Sweeps.Results.Tests;

namespace Sweeps.Cli.Tests;

/// <summary>The commands on a database of a PostgreSQL server; what they do on a file is what all other tests see.</summary>
public sealed class PostgresTests : IDisposable
{
    // Losses, tokens and learning rates must be the same to the last bit; seconds, speed and memory are those of the machine.
    private static readonly string[] Exact = ["train_loss", "objective", "gradient_norm", "learning_rate", "val_loss"];

    private readonly SweepsProcess sweeps = new();
    private readonly PostgresServer server = new();

    public void Dispose()
    {
        sweeps.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task A_sweep_and_its_results_are_in_the_server_with_the_numbers_that_a_file_would_have()
    {
        var address = server.NewAddress();
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Equal(0, (await sweeps.RunAsync("run", file)).ExitCode);
        var run = await sweeps.RunAsync("run", file, "--database", address, "--home", "other");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(await NumbersAsync(sweeps.Database), await NumbersAsync(address));
        Assert.False(File.Exists(Path.Combine(sweeps.Directory, "other", "sweeps.db")));

        sweeps.Environment["SWEEPS_DATABASE"] = address;
        Assert.Contains("tiny", (await sweeps.RunAsync("list")).Output);
        Assert.Contains("4/4", (await sweeps.RunAsync("list")).Output);
        Assert.Contains("database with 1 sweep", (await sweeps.RunAsync("doctor", "--deep", "--home", "other")).Output);
        var exported = await sweeps.RunAsync("export", "tiny", "--format", "sqlite", "-o", "copy.db");
        Assert.True(exported.ExitCode == 0, exported.Error);
        Assert.Equal(await NumbersAsync(address), await NumbersAsync(Path.Combine(sweeps.Directory, "copy.db")));
    }

    [Fact]
    public async Task A_head_and_a_server_that_are_killed_while_a_sweep_runs_lose_nothing_of_it()
    {
        var address = server.NewAddress();
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid.Replace("steps: {value: 20}", "steps: {value: 100}"));
        Assert.Equal(0, (await sweeps.RunAsync("run", file)).ExitCode);

        sweeps.Environment["SWEEPS_DATABASE"] = address;
        using (var head = sweeps.Start("serve", "--port", "0", "--home", "other", "--slots", "1"))
        {
            await head.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, (await sweeps.RunAsync("submit", file, "--home", "other")).ExitCode);
            await StepsAsync(await ResultsQueries.OpenAsync(address), 40);
            server.Kill();
            server.Start();
            await StepsAsync(await ResultsQueries.OpenAsync(address), 120);
            head.Kill();
            await head.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        using (var head = sweeps.Start("serve", "--port", "0", "--home", "other", "--slots", "1"))
        {
            while ((await (await ResultsQueries.OpenAsync(address)).FindSweepAsync(1))!.State == SweepState.Running) await Task.Delay(50, TestContext.Current.CancellationToken);
            head.Kill();
            await head.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(await NumbersAsync(sweeps.Database), await NumbersAsync(address));
    }

    [Fact]
    public async Task A_password_in_the_command_line_is_refused_with_the_place_where_it_belongs()
    {
        var refusal = (await sweeps.RunAsync("list", "--database", "postgres://ada:hunter2@db.example/sweeps")).Refusal(ExitCode.BadInput);
        Assert.Contains("SWEEPS_DATABASE_PASSWORD_FILE", refusal);
        Assert.DoesNotContain("hunter2", refusal);
    }

    [Fact]
    public async Task A_silo_without_the_packages_that_it_needs_says_how_to_build_with_them()
    {
        if (Head.Silos.ClusterSilo.Missing is null) Assert.Skip("This build has them.");
        Assert.Contains("-p:UseOrleans=package", (await sweeps.RunAsync("head", "--silo", "127.0.0.1", "--database", "postgres://ada@db.example/sweeps")).Refusal(ExitCode.Head));
        Assert.Contains("such as 10.0.0.5:11111", (await sweeps.RunAsync("head", "--silo", "here")).Error);
    }

    private static async Task StepsAsync(ResultsQueries queries, long steps)
    {
        while ((await queries.SweepAsync(1))!.StepsDone < steps) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private static async Task<IReadOnlyList<string>> NumbersAsync(string database)
    {
        var queries = await ResultsQueries.OpenAsync(database);
        var numbers = new List<string>();
        foreach (var run in await queries.RunsAsync(1))
        {
            Assert.Equal(RunState.Completed, run.State);
            foreach (var metric in Exact)
                numbers.AddRange((await queries.CurveAsync(run.Id, metric)).Select(point => $"{run.Label} {run.Seed} {metric} {point.Step} {point.Value:R} {point.Tokens}"));
        }
        Assert.NotEmpty(numbers);
        return numbers;
    }
}
