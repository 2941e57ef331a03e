using System.Diagnostics;
using System.Globalization;
using Sweeps.Core.Protocol;
using Sweeps.Results.Queries;
using Sweeps.Results.Records;

namespace Sweeps.EndToEnd;

/// <summary>
/// A head that is killed and started again while all workers are at work: none of them is lost and no point is. <c>SWEEPS_RESTART_WORKERS=100</c>
/// does it with a hundred.
/// </summary>
public sealed class RestartTests(ITestOutputHelper output) : IDisposable
{
    private const string WorkersVariable = "SWEEPS_RESTART_WORKERS";
    private const int FewWorkers = 16, Agents = 4;

    // Measures twice a second until it is let go, then says how often it has.
    private const string Script =
        """
        step=0
        while [ ! -e go ]; do
            step=$((step + 1))
            echo "{\"step\": $step, \"loss\": $((1000 - step)).5}"
            sleep 0.5
        done
        echo "$step" > "printed/$SWEEPS_SEED"
        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps restart ");

    private static int Workers =>
        int.TryParse(Environment.GetEnvironmentVariable(WorkersVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : FewWorkers;

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task A_head_that_is_killed_and_started_again_loses_no_worker_and_no_point()
    {
        var token = TestContext.Current.CancellationToken;
        Write("train.sh", Script);
        Directory.CreateDirectory(PathOf("printed"));
        Write("sweep.yaml", string.Create(CultureInfo.InvariantCulture,
            $$"""
            name: restart
            program: train.sh
            command: ["sh", "${program}"]
            method: grid
            metric: {name: loss, goal: minimize}
            parameters:
              lr: {value: 1}
            seeds: {{Workers}}
            """));
        // Workers that start together keep a small machine busy for longer than a short lease.
        await using var cluster = new Cluster(directory.FullName, leaseSeconds: 60);
        try
        {
            cluster.StartHead();
            await cluster.UntilAsync(cluster.AnswersAsync);
            for (var agent = 0; agent < Agents; agent++) cluster.StartAgent($"agent-{agent}", Workers / Agents, clock: null);
            await Cluster.RunAsync(directory.FullName, "submit", "sweep.yaml", "--home", "home");
            var queries = await ResultsQueries.OpenAsync(PathOf("home/sweeps.db"));
            var started = Stopwatch.GetTimestamp();
            await cluster.UntilAsync(() => HaveMeasuredAsync(queries, _ => 2));
            output.WriteLine($"{Workers} workers on {Agents} agents, all at work after {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s, with {Memory(cluster) / 1e6:F0} MB each");
            var before = cluster.Workers().Order().ToArray();
            Assert.Equal(Workers, before.Length);

            cluster.Kill(Cluster.Head);
            var stored = (await PointsAsync(queries)).ToDictionary(stage => stage.Key.Id, stage => stage.Value.Count);
            await Task.Delay(TimeSpan.FromSeconds(3), token); // what they measure meanwhile has nowhere to go
            started = Stopwatch.GetTimestamp();
            cluster.StartHead();
            await cluster.UntilAsync(cluster.AnswersAsync);
            var back = Stopwatch.GetElapsedTime(started);
            // What was measured while there was no head, and more.
            await cluster.UntilAsync(() => HaveMeasuredAsync(queries, stage => stored[stage] + 10));
            output.WriteLine($"{stored.Values.Sum()} points stored when the head was killed; it answers {back.TotalSeconds:F1} s after its start, and has all points after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
            var events = (await queries.EventsAsync(limit: int.MaxValue)).Where(happened => happened.Kind != "attempt.started");
            Assert.True(before.SequenceEqual(cluster.Workers().Order()), $"{string.Join('\n', events.Select(happened => happened.Text))}\n{string.Join('\n', cluster.Agents.Select(cluster.Said))}");

            Write("go", "");
            await cluster.UntilAsync(async () => (await queries.SweepAsync(1))!.Sweep.HasEnded);
            var points = await PointsAsync(queries);
            Assert.Equal(Workers, points.Count);
            foreach (var (stage, losses) in points)
            {
                var printed = int.Parse(await File.ReadAllTextAsync(PathOf($"printed/{stage.Seed}"), token), CultureInfo.InvariantCulture);
                Assert.Equal(Enumerable.Range(1, printed).Select(step => ((long)step, 1000.5 - step)), losses.Select(point => (point.Step, point.Value)));
                var attempt = Assert.Single(await queries.AttemptsAsync(stage.Id));
                Assert.Equal((1, AttemptOutcome.Completed), (attempt.Number, attempt.Outcome));
            }
            output.WriteLine($"{points.Values.Sum(losses => losses.Count)} points in the end, each stored once");
            foreach (var name in cluster.Agents.Append(Cluster.Head)) await cluster.EndAsync(name);
        }
        finally
        {
            Write("go", ""); // programs outlive a killed worker
        }
    }

    private static async Task<bool> HaveMeasuredAsync(ResultsQueries queries, Func<long, int> times) =>
        (await queries.StagesAsync(1)).All(stage => stage.StepsDone >= times(stage.Id));

    private static async Task<Dictionary<StageRecord, IReadOnlyList<MetricPoint>>> PointsAsync(ResultsQueries queries)
    {
        var points = new Dictionary<StageRecord, IReadOnlyList<MetricPoint>>();
        foreach (var stage in await queries.StagesAsync(1)) points[stage] = await queries.PointsAsync(stage.Id);
        return points;
    }

    /// <summary>Bytes of memory that a worker has for itself, on average: what it shares with others is divided among them.</summary>
    private static double Memory(Cluster cluster) => cluster.Workers().Average(worker => 1024.0 * File.ReadLines($"/proc/{worker.Id}/smaps_rollup")
        .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)));

    private string PathOf(string name) => Path.Combine(directory.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(PathOf(name), text);
}
