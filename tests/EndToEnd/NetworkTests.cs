using System.Diagnostics;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.EndToEnd;

/// <summary>A head and three agents on machines of their own, which the network parts.</summary>
public sealed class NetworkTests(ITestOutputHelper output) : IDisposable
{
    private const int Port = 7071, LeaseSeconds = 3;

    // Long enough for leases to run out while it is trained.
    private const string Sweep =
        """
        name: parted
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          heads: {value: 2}
          untie_at: {values: [never, 0.5]}
          data: {value: grammar}
          dropout: {value: 0.1}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 32}
          context: {value: 32}
          batch_size: {value: 8}
          steps: {value: 600}
          eval_every: {value: 100}
          eval_batches: {value: 2}
          log_every: {value: 10}
          checkpoint_every: {value: 50}
        seeds: 3
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps network ");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task A_sweep_on_machines_that_the_network_parts_ends_with_the_numbers_of_an_undisturbed_one()
    {
        var token = TestContext.Current.CancellationToken;
        using var lan = Lan.Create(directory.FullName, "head", "near", "late", "gone");
        await File.WriteAllTextAsync(Path.Combine(lan.FilesOf("head"), "sweep.yaml"), Sweep, token);
        await lan.RunAsync("head", "token", "create", "--role", "agent", "--home", ".", "-o", "agent.token");
        foreach (var host in new[] { "near", "late", "gone" })
            File.Copy(Path.Combine(lan.FilesOf("head"), "agent.token"), Path.Combine(lan.FilesOf(host), "token"));
        var isDelayed = Lan.TryDelay("near", milliseconds: 50, lossPercent: 1);
        output.WriteLine(isDelayed ? "near is 50 ms away and loses a packet in a hundred" : "without delays: this kernel has no netem");

        lan.Start("head", "head", [("SWEEPS_LEASE", $"{LeaseSeconds}")], "dotnet", Programs.Sweeps, "serve", "--no-agent", "--listen", lan.AddressOf("head"), "--port", $"{Port}", "--home", ".");
        await UntilAsync(() => Task.FromResult(lan.Said("head").Contains("Head of ", StringComparison.Ordinal)), lan);
        foreach (var agent in new[] { "near", "late", "gone" })
            lan.Start(agent, agent, [], "dotnet", Programs.Sweeps, "agent", "--head", $"http://{lan.AddressOf("head")}:{Port}", "--name", agent, "--slots", "1", "--home", ".");
        await lan.RunAsync("head", "submit", "sweep.yaml", "--home", ".");
        var queries = await ResultsQueries.OpenAsync(Path.Combine(lan.FilesOf("head"), "sweeps.db"));

        var started = Stopwatch.GetTimestamp();
        var (late, gone) = (await PartAsync("late", queries, lan), await PartAsync("gone", queries, lan));
        // One comes back when another machine has its stage, the other never.
        await UntilAsync(async () => (await queries.StageAsync(late.StageId))!.Attempt > late.Number, lan);
        lan.Connect("late", isConnected: true);
        await UntilAsync(() => Task.FromResult(lan.WorkersOf("late", "late").All(worker => worker.Attempt != $"{late.StageId}-{late.Number}")), lan);
        output.WriteLine($"late's worker has ended {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s after the network was parted");

        await UntilAsync(async () => (await queries.SweepAsync(1))!.Sweep is { HasEnded: true, SummaryJson: not null }, lan);
        output.WriteLine(string.Join('\n', (await queries.EventsAsync(limit: int.MaxValue)).Where(happened => happened.Kind.StartsWith("attempt.", StringComparison.Ordinal)).Select(happened => happened.Text)));
        // Two stages at least were trained on after the checkpoint that a machine had left before it was parted.
        foreach (var parted in new[] { late, gone })
        {
            var attempts = await queries.AttemptsAsync(parted.StageId);
            Assert.True(attempts.Count > parted.Number);
            Assert.True(attempts[^1] is { Outcome: AttemptOutcome.Completed, ResumedFrom: > 0 } last && last.MachineId != "gone", $"{attempts[^1]}");
        }
        await lan.RunAsync("head", "run", "sweep.yaml", "--slots", "2", "--home", "undisturbed", "-o", "results");
        Assert.Equal(StoredNumbers.Of(Path.Combine(lan.FilesOf("head"), "undisturbed", "sweeps.db")), StoredNumbers.Of(Path.Combine(lan.FilesOf("head"), "sweeps.db")));
    }

    /// <summary>Parts a machine from the network in the middle of a stage with a checkpoint behind it, for longer than a lease.</summary>
    /// <returns>The attempt that was lost by that.</returns>
    private static async Task<AttemptRecord> PartAsync(string agent, ResultsQueries queries, Lan lan)
    {
        while (true)
        {
            AttemptRecord? attempt = null;
            await UntilAsync(async () =>
            {
                foreach (var stage in await queries.RunningStagesAsync(1))
                    if (stage.MachineId == agent && (await queries.CheckpointsAsync(stage.StageId)).Count > 0) attempt = await queries.AttemptAsync(stage.StageId, stage.Attempt);
                return attempt is not null;
            }, lan);
            lan.Connect(agent, isConnected: false);
            await UntilAsync(async () => (attempt = await queries.AttemptAsync(attempt!.StageId, attempt.Number))!.Outcome is not null, lan);
            if (attempt!.Outcome == AttemptOutcome.Lost) return attempt;
            // It had told of its end before.
            lan.Connect(agent, isConnected: true);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Lan lan)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(5), $"Nothing goes on.\n{string.Join('\n', new[] { "head", "near", "late", "gone" }.Select(lan.Said))}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
