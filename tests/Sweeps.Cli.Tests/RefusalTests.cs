using Microsoft.Data.Sqlite;
using Sweeps.Results;

namespace Sweeps.Cli.Tests;

public sealed class RefusalTests : IDisposable
{
    private readonly SweepsProcess sweeps = new();

    public void Dispose() => sweeps.Dispose();

    [Fact]
    public async Task A_second_run_on_one_database_is_refused_and_looking_is_not()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        await using (await ResultsStore.OpenAsync(sweeps.Database))
        {
            Assert.Contains($"(pid {Environment.ProcessId}) is using {sweeps.Database}", (await sweeps.RunAsync("run", file)).Refusal(ExitCode.Database));
            Assert.Equal(0, (await sweeps.RunAsync("list")).ExitCode);
        }
        Assert.Equal(0, (await sweeps.RunAsync("run", file)).ExitCode);
    }

    [Fact]
    public async Task A_database_of_a_newer_schema_is_refused_and_left_alone()
    {
        await (await ResultsStore.OpenAsync(sweeps.Database)).DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={sweeps.Database};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        var before = await File.ReadAllBytesAsync(sweeps.Database, TestContext.Current.CancellationToken);
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        foreach (var arguments in new string[][] { ["run", file], ["list"], ["show", "1"] })
            Assert.Contains("was written by a newer version of sweeps (schema 999", (await sweeps.RunAsync(arguments)).Refusal(ExitCode.Database));
        Assert.Equal(before, await File.ReadAllBytesAsync(sweeps.Database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(sweeps.Home);
        await File.WriteAllTextAsync(sweeps.Database, "These are notes of mine, not a database.", TestContext.Current.CancellationToken);
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Contains("is not a results database", (await sweeps.RunAsync("run", file)).Refusal(ExitCode.Database));
        Assert.Equal("These are notes of mine, not a database.", await File.ReadAllTextAsync(sweeps.Database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_home_or_results_directory_that_cannot_be_made_is_refused_before_training()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        var blocked = sweeps.Write("blocked", "a file where a directory should be");
        Assert.Contains("results cannot be written to", (await sweeps.RunAsync("run", file, "-o", $"{blocked}/out")).Refusal(ExitCode.Storage));
        Assert.False(Directory.Exists(sweeps.Home));
        (await sweeps.RunAsync("run", file, "--home", $"{blocked}/home")).Refusal(ExitCode.Storage);
    }

    [Fact]
    public async Task A_missing_worker_is_named()
    {
        sweeps.Environment["SWEEPS_WORKER"] = Path.Combine(sweeps.Directory, "nothing.dll");
        Assert.Contains("Sweeps.Worker.dll was not found", (await sweeps.RunAsync("run", sweeps.Write("sweep.yaml", SweepFiles.Grid))).Refusal(ExitCode.Installation));
        Assert.Equal(ExitCode.Installation, (await sweeps.RunAsync("doctor")).ExitCode);
    }

    [Fact]
    public async Task A_launcher_that_is_none_and_options_of_another_one_are_refused()
    {
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid);
        Assert.Contains("--launcher is process or slurm, not slum.", (await sweeps.RunAsync("run", file, "--launcher", "slum")).Error);
        var result = await sweeps.RunAsync("run", file, "--partition", "main");
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("--partition is for jobs of Slurm; give --launcher slurm too, or leave it out.", result.Error);
        // Without Slurm's commands, or without its configuration, nothing is begun.
        sweeps.Environment["SLURM_CONF"] = Path.Combine(sweeps.Directory, "none");
        sweeps.Environment["PATH"] = sweeps.Directory;
        Assert.Contains("--launcher slurm needs Slurm's commands on this machine", (await sweeps.RunAsync("run", file, "--launcher", "slurm")).Refusal(ExitCode.Installation));
    }

    [Fact]
    public async Task Data_that_cannot_be_trained_on_fails_the_runs_with_one_sentence()
    {
        sweeps.Write("short.txt", "brief");
        var file = sweeps.Write("sweep.yaml", SweepFiles.Grid.Replace("data: {value: grammar}", "data: {value: \"file:short.txt\"}", StringComparison.Ordinal));
        var result = await sweeps.RunAsync("run", file);
        Assert.Equal(ExitCode.RunsFailed, result.ExitCode);
        var last = result.Error.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("sweeps: 4 runs failed (heads=1 seed 1, ", last);
        Assert.Contains("file:short.txt has 5 characters", last);
        Assert.Contains("tiny (1), failed", result.Output);
        Assert.Contains("Failed: heads=2 seed 2: ", (await sweeps.RunAsync("show", "tiny")).Output);
    }
}
