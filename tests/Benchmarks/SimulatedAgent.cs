using System.Diagnostics;
using System.Text.Json;
using Sweeps.Core;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;

namespace Benchmarks;

/// <summary>
/// What a head sees of an agent and its workers: a report each second and whenever a worker has ended, points of each worker every few seconds,
/// its checkpoint and its end. Nothing is trained: a stage lasts as long as chance says.
/// </summary>
/// <param name="head">Where the head listens.</param>
/// <param name="name">The machine.</param>
/// <param name="slots">Its slots.</param>
/// <param name="random">Chance.</param>
internal sealed class SimulatedAgent(Uri head, string name, int slots, Random random)
{
    private static readonly TimeSpan SyncEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PointsEvery = TimeSpan.FromSeconds(5);
    private static readonly string[] Metrics = ["train_loss", "objective", "gradient_norm", "learning_rate", "tokens_per_second", "model_flops"];
    private const int ShortestStage = 30;
    private const int LongestStage = 120;

    private readonly SemaphoreSlim wake = new(0);
    private readonly SemaphoreSlim workersTurn = new(1);
    private readonly Dictionary<AttemptKey, int> running = [];
    private readonly List<WorkerEnding> ended = [];
    private readonly Lock gate = new();
    private Wire? workers;
    private bool hasWorked;
    private volatile Exception? failure;

    /// <summary>Milliseconds of each answer to a report since they were last taken.</summary>
    internal List<double> Syncs { get; private set; } = [];

    /// <summary>The same of points.</summary>
    internal List<double> Posts { get; private set; } = [];

    /// <summary>Stages completed.</summary>
    internal int Completed { get; private set; }

    /// <summary>Slots whose worker is at work.</summary>
    internal int Busy
    {
        get
        {
            lock (gate) return running.Count;
        }
    }

    internal (List<double> Syncs, List<double> Posts) Take()
    {
        lock (gate)
        {
            var taken = (Syncs, Posts);
            (Syncs, Posts) = ([], []);
            return taken;
        }
    }

    internal async Task RunAsync(CancellationToken stop)
    {
        var slotsJson = JsonSerializer.Serialize(Enumerable.Range(0, slots).Select(index => new Slot(index, "cpu", null, 1) { Processor = "simulated" }), Json.Options);
        var (life, number, path) = (Guid.NewGuid().ToString("N"), 0L, $"/api/machines/{name}/sync");
        using var wire = await Wire.ConnectAsync(head);
        using (workers = await Wire.ConnectAsync(head))
        {
            while (!stop.IsCancellationRequested)
            {
                WorkerEnding[] told;
                MachineReport report;
                lock (gate)
                {
                    told = [.. ended];
                    report = new MachineReport(slotsJson, [.. Enumerable.Range(0, slots).Except(running.Values)], [.. running.Keys.Except(told.Select(one => one.Attempt))], told, life, ++number);
                }
                var body = JsonSerializer.SerializeToUtf8Bytes(report, Json.Options);
                var started = Stopwatch.GetTimestamp();
                var answer = await wire.PostAsync(path, body);
                var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                var orders = JsonSerializer.Deserialize<MachineOrders>(answer.Span, Json.Options)!;
                lock (gate)
                {
                    Syncs.Add(took);
                    ended.RemoveAll(told.Contains);
                }
                // A worker that has just told of its end may be asked for it.
                if (orders.Kill.Length > 0) throw new InvalidOperationException($"{name} was told to end {orders.Kill.Length} workers.");
                foreach (var order in orders.Start)
                {
                    lock (gate) running.Add(new AttemptKey(order.StageId, order.Number), order.Slot);
                    _ = WorkAsync(order, stop);
                }
                await wake.WaitAsync(SyncEvery, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                while (wake.Wait(0, CancellationToken.None)) { }
                if (failure is { } exception) throw new InvalidOperationException($"A worker of {name} has failed.", exception);
            }
        }
    }

    private async Task WorkAsync(StageOrder order, CancellationToken stop)
    {
        try
        {
            var key = new AttemptKey(order.StageId, order.Number);
            // The first stages of all machines begin at once; they must not end at once.
            var length = TimeSpan.FromSeconds(hasWorked ? ShortestStage + (random.NextDouble() * (LongestStage - ShortestStage)) : 5 + (random.NextDouble() * (LongestStage - 5)));
            var batches = Math.Max(1, (int)(length / PointsEvery));
            var step = order.FromStep;
            for (var batch = 1; batch <= batches; batch++)
            {
                await Task.Delay(length / batches, stop);
                var last = order.FromStep + ((order.ToStep - order.FromStep) * batch / batches);
                int[] logged = [.. new[] { (step + last) / 2, last }.Distinct()];
                var points = new PointBatch([.. from at in logged from metric in Metrics select new MetricPoint(metric, at, 3 + random.NextDouble(), 512L * at, 0.1 * at)]);
                var started = Stopwatch.GetTimestamp();
                await PostAsync(order, key, "points", points, stop);
                lock (gate) Posts.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                step = last;
            }
            await PostAsync(order, key, "checkpoint", new CheckpointNotice(order.ToStep, $"/checkpoints/{key.StageId}/{key.Number}/step-{order.ToStep:D8}.safetensors", new string('0', 64), 1_000_000), stop);
            await PostAsync(order, key, "finish", new AttemptFinish(AttemptOutcome.Completed, order.ToStep), stop);
            lock (gate)
            {
                hasWorked = true;
                Completed++;
                running.Remove(key);
                ended.Add(new WorkerEnding(key, 0, false, ""));
            }
            wake.Release();
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
        catch (Exception exception)
        {
            failure ??= exception;
            wake.Release();
        }
    }

    private async Task PostAsync<T>(StageOrder order, AttemptKey key, string what, T message, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, Json.Options);
        await workersTurn.WaitAsync(stop);
        try
        {
            await workers!.PostAsync($"/api/attempts/{key}/{what}", body, order.Token);
        }
        finally
        {
            workersTurn.Release();
        }
    }
}
