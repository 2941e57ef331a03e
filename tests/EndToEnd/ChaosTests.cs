using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.EndToEnd;

/// <summary>
/// A sweep on several agents while workers, agents and the head are killed, the networks between them cut and delayed, and the clock of one
/// agent set wrongly again and again. <c>./test --chaos N</c> is the same with N kills.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private const string KillsVariable = "SWEEPS_CHAOS", SeedVariable = "SWEEPS_CHAOS_SEED";
    private const int FewKills = 8;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps chaos ");
    private readonly Dictionary<string, int> done = [];

    private static int Kills => Number(KillsVariable) ?? FewKills;

    /// <summary>24 runs, those of a seed alike up to their half. The more kills, the longer: a kill must not come before the work of the last one's victim has gone on.</summary>
    private static string Sweep => string.Create(CultureInfo.InvariantCulture,
        $$"""
        name: chaos
        method: grid
        metric: {name: val_loss, goal: minimize, target: 2.5}
        parameters:
          heads: {value: 2}
          loss_weights: {values: ["[1, 0.5]", {{string.Join(", ", Enumerable.Range(1, 11).Select(i => $"\"[1, 0.5] @ 1/2 -> [1, {i * 0.05:0.##}->0]\""))}}]}
          data: {value: grammar}
          dropout: {value: 0.1}
          layers: {value: 1}
          attention_heads: {value: 2}
          width: {value: 32}
          context: {value: 32}
          batch_size: {value: 8}
          steps: {value: {{Math.Max(80, Kills * 8)}}}
          eval_every: {value: 20}
          eval_batches: {value: 2}
          log_every: {value: 5}
          checkpoint_every: {value: 20}
        seeds: 2
        retries: {machine: 1000}
        """);

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Whatever_is_killed_or_cut_off_the_sweep_ends_with_the_numbers_of_an_undisturbed_one()
    {
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "sweep.yaml"), Sweep, TestContext.Current.CancellationToken);
        var undisturbed = await UndisturbedAsync();

        var clock = await WrongClock.CreateAsync(directory.FullName);
        await using var cluster = new Cluster(directory.FullName);
        var started = Stopwatch.GetTimestamp();
        await DisturbAsync(cluster, clock);
        var took = Stopwatch.GetElapsedTime(started);
        foreach (var name in cluster.Agents.Prepend(Cluster.Head).Reverse().ToArray()) await cluster.EndAsync(name);
        Assert.Equal(undisturbed, Dump(Path.Combine(cluster.Home, "sweeps.db")));
        Assert.Empty(cluster.Workers());
        await FilesAreTidyAsync(cluster);
        output.WriteLine(await FiguresAsync(cluster, took));
        clock.Delete();
    }

    private async Task<IReadOnlyList<string>> UndisturbedAsync()
    {
        await Cluster.RunAsync(directory.FullName, "run", "sweep.yaml", "--slots", "2", "--home", "undisturbed", "-o", "results");
        return Dump(Path.Combine(directory.FullName, "undisturbed", "sweeps.db"));
    }

    private async Task DisturbAsync(Cluster cluster, WrongClock clock)
    {
        var seed = Number(SeedVariable) ?? 1;
        var random = new Random(seed);
        SetClock(clock, random);
        cluster.StartHead();
        await UntilAsync(() => AnswersAsync(cluster), cluster);
        StartAgent(cluster, "a", clock);
        StartAgent(cluster, "b", clock);
        await Cluster.RunAsync(directory.FullName, "submit", "sweep.yaml", "--home", "home");

        var queries = await ResultsQueries.OpenAsync(Path.Combine(cluster.Home, "sweeps.db"));
        var total = (await queries.SweepAsync(1))!.StepsPlanned;
        var repairs = new List<Task>();
        var furthest = 0L;
        // Sometimes there is nothing alive to be killed.
        for (var kill = 0; kill < Kills; kill = done.Where(pair => pair.Key.EndsWith(" killed", StringComparison.Ordinal)).Sum(pair => pair.Value))
        {
            // Only what goes on is disturbed again: after each kill, some steps that nobody had trained before.
            var next = total * (kill + 1) / (Kills + 2);
            await UntilAsync(async () => (furthest = Math.Max(furthest, (await queries.SweepAsync(1))!.StepsDone)) >= next, cluster);
            // Anywhere in what follows: a start, a step, a checkpoint, a report.
            await Task.Delay(random.Next(400), TestContext.Current.CancellationToken);
            if (random.Next(3) == 0) repairs.Add(CutAsync(cluster, random));
            if (random.Next(4) == 0) SetClock(clock, random);
            repairs.RemoveAll(repair => repair.IsCompletedSuccessfully);
            if (KillSomething(cluster, random, clock) is { } repair) repairs.Add(repair);
        }
        await Task.WhenAll(repairs);
        // The head judges a sweep after its end.
        await UntilAsync(async () => (await queries.SweepAsync(1))!.Sweep is { HasEnded: true, SummaryJson: not null } && (await queries.RunningStagesAsync(1)).Count == 0, cluster);
    }

    // Returns what starts it again.
    private Task? KillSomething(Cluster cluster, Random random, WrongClock clock)
    {
        var (what, pause) = (random.Next(100), random.Next(3) == 0 ? Cluster.LongerThanALease : TimeSpan.FromMilliseconds(random.Next(1000)));
        var workers = cluster.Workers();
        if (what < 50 && workers.Count > 0)
        {
            Cluster.Kill(workers[random.Next(workers.Count)].Id);
            Count("workers killed");
            return null;
        }
        if (what < 75 && cluster.IsAlive(Cluster.Head))
        {
            cluster.Kill(Cluster.Head);
            Count("heads killed");
            return AfterAsync(TimeSpan.FromMilliseconds(random.Next(1000)), cluster.StartHead);
        }
        var alive = cluster.Agents.Where(cluster.IsAlive).ToArray();
        if (alive.Length == 0)
        {
            // Everything else is dead: the head is killed while it starts again.
            if (!cluster.IsAlive(Cluster.Head)) return null;
            cluster.Kill(Cluster.Head);
            Count("heads killed");
            return AfterAsync(TimeSpan.Zero, cluster.StartHead);
        }
        var agent = alive[random.Next(alive.Length)];
        cluster.Kill(agent);
        Count("agents killed");
        return AfterAsync(pause, () => StartAgent(cluster, agent, clock));
    }

    private Task CutAsync(Cluster cluster, Random random)
    {
        var network = cluster.NetworkOf(cluster.Agents.ElementAt(random.Next(cluster.Agents.Count())));
        if (network.Network != Network.Open) return Task.CompletedTask;
        network.Network = (Network)random.Next(1, 4);
        var isLong = random.Next(3) == 0;
        Count(network.Network == Network.Slow ? "networks slowed down" : isLong ? "networks cut for longer than a lease" : "networks cut");
        return AfterAsync(isLong ? Cluster.LongerThanALease : TimeSpan.FromMilliseconds(random.Next(100, 2000)), () => network.Network = Network.Open);
    }

    private static async Task AfterAsync(TimeSpan pause, Action repair)
    {
        await Task.Delay(pause, TestContext.Current.CancellationToken);
        repair();
    }

    // The clock of agent b and its workers is wrong by up to a day and jumps.
    private static void StartAgent(Cluster cluster, string name, WrongClock clock) => cluster.StartAgent(name, slots: name == "a" ? 2 : 1, name == "b" ? clock : null);

    private void SetClock(WrongClock clock, Random random)
    {
        clock.Set(TimeSpan.FromSeconds(random.Next(-86_400, 86_400)));
        Count("clocks set wrongly");
    }

    private void Count(string what) => done[what] = done.GetValueOrDefault(what) + 1;

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static async Task<bool> AnswersAsync(Cluster cluster)
    {
        using var http = new HttpClient();
        try
        {
            return await http.GetStringAsync(cluster.Url + "/healthz", TestContext.Current.CancellationToken) == "ok";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition, Cluster cluster)
    {
        var last = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(last) < TimeSpan.FromMinutes(5), $"Nothing goes on.\n{cluster.Said(Cluster.Head)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Everything that must be the same, as text: all but times, and the values of metrics that measure the machine.</summary>
    internal static IReadOnlyList<string> Dump(string database)
    {
        const string OfTheMachine = "'tokens_per_second', 'model_tflops', 'mfu', 'peak_memory_mib'";
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        return
        [
            .. Rows("SELECT 'sweep', name, state, is_stopping, metric, verdict FROM sweeps"),
            .. Rows("SELECT 'configuration', id, ordinal, label, is_baseline, parameters_json FROM configurations ORDER BY id"),
            .. Rows("SELECT 'stage', id, parent_id, seed, parameters_json, from_step, to_step, state, steps_done, error FROM stages ORDER BY id"),
            .. Rows("SELECT 'run', id, configuration_id, seed, steps, state, error FROM runs ORDER BY id"),
            .. Rows("SELECT 'path', run_id, position, stage_id FROM run_stages ORDER BY run_id, position"),
            .. Points(),
            .. Rows($"SELECT 'summary', stage_id, name, count, min, max, last, last_step FROM metric_summaries JOIN metric_names ON id = metric_id WHERE name NOT IN ({OfTheMachine}) ORDER BY stage_id, name"),
            .. Rows("SELECT 'checkpoint', stage_id, step FROM checkpoints ORDER BY stage_id, step"),
        ];

        string[] Points() => Task.Run(async () =>
        {
            var queries = await ResultsQueries.OpenAsync(database);
            var points = new List<string>();
            foreach (var stage in await queries.StagesAsync(1))
                points.AddRange((await queries.PointsAsync(stage.Id)).Select(point => string.Create(CultureInfo.InvariantCulture,
                    $"point {stage.Id} {point.Metric} {point.Step} {(OfTheMachine.Contains($"'{point.Metric}'", StringComparison.Ordinal) ? "-" : point.Value.ToString("R", CultureInfo.InvariantCulture))} {point.Tokens}")));
            Assert.NotEmpty(points);
            return points.ToArray();
        }).GetAwaiter().GetResult();

        List<string> Rows(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
                rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is double value ? value.ToString("R", CultureInfo.InvariantCulture) : reader.GetValue(i))));
            Assert.NotEmpty(rows);
            return rows;
        }
    }

    // Nothing is left of what was given up: no checkpoint that nobody knows, no spool, no token.
    private static async Task FilesAreTidyAsync(Cluster cluster)
    {
        var queries = await ResultsQueries.OpenAsync(Path.Combine(cluster.Home, "sweeps.db"));
        var kept = new List<string>();
        foreach (var stage in await queries.StagesAsync(1)) kept.AddRange((await queries.CheckpointsAsync(stage.Id)).Select(checkpoint => checkpoint.Path));
        Assert.Equal(kept.Order(StringComparer.Ordinal), Directory.EnumerateDirectories(Path.Combine(cluster.Home, "checkpoints")).SelectMany(stage => Directory.EnumerateFiles(stage, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal));
        Assert.Empty(await queries.DiscardedCheckpointsAsync());
        foreach (var agent in cluster.Agents)
            foreach (var part in new[] { "attempts", "spool" })
                Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(cluster.Home, "agents", agent, part)));
    }

    private async Task<string> FiguresAsync(Cluster cluster, TimeSpan took)
    {
        var queries = await ResultsQueries.OpenAsync(Path.Combine(cluster.Home, "sweeps.db"));
        var stages = await queries.StagesAsync(1);
        var attempts = new List<AttemptRecord>();
        foreach (var stage in stages) attempts.AddRange(await queries.AttemptsAsync(stage.Id));
        var events = await queries.EventsAsync(limit: int.MaxValue);
        var trained = attempts.Sum(attempt => Math.Max(0, (attempt.LastStep ?? 0) - attempt.ResumedFrom));
        var planned = stages.Sum(stage => stage.ToStep - stage.FromStep);
        var fenced = Directory.GetFiles(Path.Combine(cluster.Home, "logs")).Count(log => File.ReadAllText(log).Contains("a newer attempt of the stage exists", StringComparison.Ordinal));
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            {string.Join(", ", done.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))}
            {stages.Count} stages, {attempts.Count} attempts: {string.Join(", ", attempts.GroupBy(attempt => attempt.Outcome).Select(group => $"{group.Count()} {group.Key?.ToString().ToLowerInvariant()}"))}
            {attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Lost && !attempt.Counted)} of the lost ones by nobody's fault, {events.Count(e => e.Kind == "attempt.revived")} revived, {fenced} told that they are fenced
            {planned} steps, {trained - planned} trained twice, {took.TotalSeconds:0} s
            """);
    }
}
