using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Sweeps.Results.Queries;

namespace Sweeps.EndToEnd;

/// <summary>Sweeps whose runs are jobs of real Slurm daemons.</summary>
public sealed partial class SlurmTests(SlurmTests.Fixture fixture, ITestOutputHelper output) : IClassFixture<SlurmTests.Fixture>, IDisposable
{
    /// <summary>6 runs, those of a seed alike up to their half.</summary>
    private const string Sweep =
        """
        name: batch
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          heads: {value: 2}
          loss_weights: {values: ["[1, 0.5]", "[1, 0.5] @ 1/2 -> [1, 0.1->0]", "[1, 0.5] @ 1/2 -> [1, 0.2->0]"]}
          data: {value: grammar}
          dropout: {value: 0.1}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 32}
          context: {value: 32}
          batch_size: {value: 8}
          steps: {value: 480}
          eval_every: {value: 20}
          eval_batches: {value: 2}
          log_every: {value: 5}
          checkpoint_every: {value: 20}
        seeds: 2
        resources: {cpus: 1, memory: 512MiB, time: 1h}
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps slurm ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Jobs_nodes_agents_and_the_controller_may_go_and_the_sweep_ends_with_the_numbers_of_one_on_this_machine()
    {
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "sweep.yaml"), Sweep, TestContext.Current.CancellationToken);
        var slurm = fixture.Slurm;
        await using var cluster = new Cluster(directory.FullName);
        cluster.StartHead();
        await UntilAsync(() => cluster.AnswersAsync(), cluster);
        cluster.StartAgent("batch", slurm, jobs: 4);
        await Cluster.RunAsync(directory.FullName, "submit", "sweep.yaml", "--home", "home");
        await DisturbAsync(cluster, slurm, await ResultsQueries.OpenAsync(Path.Combine(cluster.Home, "sweeps.db")));
        await cluster.EndAsync("batch");
        await cluster.EndAsync(Cluster.Head);

        Assert.Equal(fixture.Expected, StoredNumbers.Of(Path.Combine(cluster.Home, "sweeps.db")));
        var endings = Endings(Path.Combine(cluster.Home, "sweeps.db"));
        output.WriteLine(string.Join('\n', endings));
        // Nobody's program was to blame for anything, and what was lost says why.
        Assert.DoesNotContain(endings, ending => ending.StartsWith("UserError", StringComparison.Ordinal) || ending.StartsWith("OutOfMemory", StringComparison.Ordinal));
        Assert.Contains(endings, ending => ending.StartsWith("Lost", StringComparison.Ordinal) && ending.Contains("the node failed (NODE_FAIL)", StringComparison.Ordinal));
        Assert.Contains(endings, ending => ending.StartsWith("Stopped", StringComparison.Ordinal));
        Assert.Contains("of an earlier agent goes on", cluster.Said("batch"));
        Assert.Contains("Slurm does not answer", cluster.Said("batch"));
    }

    [Fact]
    public async Task Every_command_of_its_page_works_and_a_sweep_has_the_numbers_of_one_on_this_machine()
    {
        File.CreateSymbolicLink(Path.Combine(directory.FullName, "sweeps"), Repository.PathOf("sweeps"));
        // A small sweep in the place of the page's.
        Directory.CreateDirectory(Path.Combine(directory.FullName, "experiments"));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "experiments", "quickstart.yaml"), Sweep, TestContext.Current.CancellationToken);
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/slurm.md"), TestContext.Current.CancellationToken);
        var commands = Block().Matches(page).SelectMany(block => block.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(2, commands.Length);
        var home = Path.Combine(directory.FullName, "home");
        foreach (var command in commands)
        {
            var (exitCode, said, error) = await Repository.ShellAsync(command, directory.FullName, fixture.Slurm.Variable, ("SWEEPS_HOME", home));
            Assert.True(exitCode == 0, $"{command} ended with exit code {exitCode}:\n{error}\n{said}");
            if (command.EndsWith("doctor", StringComparison.Ordinal)) Assert.Matches(@"ok: slurm-wlm [\d.]+ answers: 0 jobs of yours; without sacct", said);
        }
        Assert.Equal(fixture.Expected, StoredNumbers.Of(Path.Combine(home, "sweeps.db")));
        Assert.Empty(Endings(Path.Combine(home, "sweeps.db")));
    }

    // One after the other, each while jobs run and something has been trained since the last.
    private static async Task DisturbAsync(Cluster cluster, SlurmCluster slurm, ResultsQueries queries)
    {
        var furthest = 0L;
        var job = await NextAsync(100);
        await slurm.CrashAsync(job.Node);
        await CancelAsync();
        await NextAsync(100);
        cluster.Kill("batch");
        cluster.StartAgent("batch", slurm, jobs: 4);
        // As at a time limit or a preemption: the script gets a signal in advance.
        await CancelAsync("--signal=TERM", "--batch");
        // Held, so that some job is not at its end before Slurm is asked about it.
        IReadOnlyList<int> held = [];
        while (held.Count == 0) held = slurm.Hold((await NextAsync(100)).Node);
        await slurm.EndControllerAsync();
        await UntilAsync(() => Task.FromResult(cluster.Said("batch").Contains("Slurm does not answer", StringComparison.Ordinal)), cluster);
        foreach (var id in held) Programs.Release(id);
        slurm.StartController();
        slurm.BringBack(job.Node);
        // The head judges a sweep after its end.
        await UntilAsync(async () => (await queries.SweepAsync(1))!.Sweep is { HasEnded: true, SummaryJson: not null } && (await queries.RunningStagesAsync(1)).Count == 0, cluster);

        // A job may end while it is told to; then another one is.
        async Task CancelAsync(params string[] how)
        {
            while ((await slurm.TryAsync("scancel", [.. how, (await NextAsync(100)).Id])).ExitCode != 0) { }
        }

        async Task<(string Id, string Name, string Node)> NextAsync(int steps)
        {
            var next = furthest + steps;
            IReadOnlyList<(string Id, string Name, string Node)> jobs = [];
            await UntilAsync(async () =>
            {
                furthest = Math.Max(furthest, (await queries.SweepAsync(1))!.StepsDone);
                if (furthest < next) return false;
                // Of a node that was cut off, Slurm has given up the jobs already.
                jobs = await slurm.JobsAsync("RUNNING");
                return jobs.Count > 0;
            }, cluster);
            return jobs[^1];
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Cluster cluster)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(5)) Assert.Fail($"Nothing goes on.\n{cluster.Said(Cluster.Head)}\n{cluster.Said("batch")}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static List<string> Endings(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT outcome, stage_id, number, counted, error FROM attempts WHERE outcome <> 'Completed' ORDER BY stage_id, number";
        using var reader = command.ExecuteReader();
        var endings = new List<string>();
        while (reader.Read()) endings.Add($"{reader[0]} {reader[1]}-{reader[2]} counted {reader[3]}: {reader[4]}");
        return endings;
    }

    [GeneratedRegex(@"^```sh\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    /// <summary>A cluster, and the numbers of the sweep on this machine.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps here ");

        internal SlurmCluster Slurm { get; private set; } = null!;

        internal IReadOnlyList<string> Expected { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Slurm = await SlurmCluster.StartAsync();
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "sweep.yaml"), Sweep, TestContext.Current.CancellationToken);
            await Cluster.RunAsync(directory.FullName, "run", "sweep.yaml", "--slots", "2", "--home", "here", "-o", "results");
            Expected = StoredNumbers.Of(Path.Combine(directory.FullName, "here", "sweeps.db"));
        }

        public async ValueTask DisposeAsync()
        {
            if (Slurm is not null) await Slurm.DisposeAsync();
            directory.Delete(recursive: true);
        }
    }
}
