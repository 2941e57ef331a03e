using Sweeps.Results.Queries;

namespace Sweeps.EndToEnd;

/// <summary>A head and agents that share no directory, as on machines of their own: checkpoints and logs go over the network.</summary>
public sealed class RemoteMachineTests : IDisposable
{
    private const string Sweep =
        """
        name: remote
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          heads: {value: 2}
          loss_weights: {values: ["[1, 0.5]", "[1, 0.5] @ 1/2 -> [1, 0.1->0]"]}
          data: {value: grammar}
          dropout: {value: 0.1}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 32}
          context: {value: 32}
          batch_size: {value: 8}
          steps: {value: 80}
          eval_every: {value: 20}
          eval_batches: {value: 2}
          log_every: {value: 5}
          checkpoint_every: {value: 10}
        seeds: 2
        retries: {machine: 9}
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps remote ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Machines_without_a_common_directory_train_the_numbers_of_one_though_the_head_begins_anew_and_networks_are_cut()
    {
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "sweep.yaml"), Sweep, TestContext.Current.CancellationToken);
        await Cluster.RunAsync(directory.FullName, "run", "sweep.yaml", "--slots", "2", "--home", "alone", "-o", "results");

        await using var cluster = new Cluster(directory.FullName);
        cluster.StartHead();
        await ChaosTests.UntilAsync(() => ChaosTests.AnswersAsync(cluster), cluster);
        cluster.StartAgent("a", slots: 1, home: "home a");
        cluster.StartAgent("b", slots: 1, home: "home b");
        await Cluster.RunAsync(directory.FullName, "submit", "sweep.yaml", "--home", "home");
        var queries = await ResultsQueries.OpenAsync(Path.Combine(cluster.Home, "sweeps.db"));
        var total = (await queries.SweepAsync(1))!.StepsPlanned;

        await DoneAsync(0.2);
        cluster.Kill(Cluster.Head);
        cluster.StartHead();
        await DoneAsync(0.4);
        // In the middle of whatever it sends or fetches; the workers go on meanwhile.
        cluster.NetworkOf("a").Network = Network.Refusing;
        await DoneAsync(0.5);
        cluster.NetworkOf("a").Network = Network.Open;
        // What one machine has begun, another one goes on with.
        cluster.Kill("b");
        foreach (var (_, id) in cluster.Workers()) Cluster.Kill(id);
        await DoneAsync(0.7);
        cluster.StartAgent("b", slots: 1, home: "home b");
        await ChaosTests.UntilAsync(async () => (await queries.SweepAsync(1))!.Sweep is { HasEnded: true, SummaryJson: not null } && (await queries.RunningStagesAsync(1)).Count == 0, cluster);

        foreach (var name in cluster.Agents.Prepend(Cluster.Head).Reverse().ToArray()) await cluster.EndAsync(name);
        Assert.Equal(ChaosTests.Dump(Path.Combine(directory.FullName, "alone", "sweeps.db")), ChaosTests.Dump(Path.Combine(cluster.Home, "sweeps.db")));
        foreach (var agent in cluster.Agents)
        {
            Assert.False(Directory.Exists(Path.Combine(cluster.HomeOf(agent), "checkpoints")));
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(cluster.HomeOf(agent), "agents", agent, "checkpoints"), "*", SearchOption.AllDirectories));
            Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(cluster.HomeOf(agent), "cache"), "*.safetensors"));
        }
        // Every attempt that a living agent has seen to its end can be read at the head, to its last line.
        var logs = 0;
        foreach (var log in cluster.Agents.SelectMany(agent => Directory.GetFiles(Path.Combine(cluster.HomeOf(agent), "logs"))))
        {
            var sent = Path.Combine(cluster.Home, "logs", Path.GetFileName(log));
            if (!File.Exists(sent)) continue;
            Assert.StartsWith(await File.ReadAllTextAsync(sent, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
            if (new FileInfo(sent).Length == new FileInfo(log).Length && new FileInfo(log).Length > 0) logs++;
        }
        Assert.InRange(logs, (await queries.StagesAsync(1)).Count, int.MaxValue);

        Task DoneAsync(double share) => ChaosTests.UntilAsync(async () => (await queries.SweepAsync(1))!.StepsDone >= share * total, cluster);
    }
}
