using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sweeps.Core;
using Sweeps.Core.Gpt;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Workers;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Agents;

/// <summary>
/// Executes attempts on one machine: reports to the machine's grain about once a second and whenever a worker has ended, starts and
/// stops workers as it is told. It decides nothing; whatever it loses, the head learns from its next report.
/// </summary>
public sealed class Agent : IAsyncDisposable
{
    private const int LastWordsLimit = 4096;

    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(5);

    private readonly AgentOptions options;
    private readonly WorkerLauncher launcher;
    private readonly Func<MachineReport, Task<MachineOrders>> sync;
    private readonly TimeProvider time;
    private readonly ILogger<Agent> logger;
    private readonly string slotsJson;
    private readonly SemaphoreSlim wake = new(0);
    private readonly Dictionary<AttemptKey, RunningWorker> running = [];
    private readonly CancellationTokenSource ending = new();
    private Task loop = Task.CompletedTask;

    /// <summary>An agent that has not begun.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="launcher">How workers are started.</param>
    /// <param name="sync">Carries a report to the machine's grain.</param>
    /// <param name="time">Clock of the reports.</param>
    /// <param name="logger">Hears what goes wrong.</param>
    public Agent(AgentOptions options, WorkerLauncher launcher, Func<MachineReport, Task<MachineOrders>> sync, TimeProvider time, ILogger<Agent> logger)
    {
        this.options = options;
        this.launcher = launcher;
        this.sync = sync;
        this.time = time;
        this.logger = logger;
        slotsJson = JsonSerializer.Serialize(options.Slots, Json.Options);
    }

    private string AttemptDirectory => Path.Combine(options.Home, "attempts");

    private string SpoolDirectory => Path.Combine(options.Home, "spool");

    /// <summary>Ends what an earlier life left behind and begins to report.</summary>
    public void Start()
    {
        var left = launcher.EndLeftovers(AttemptDirectory);
        if (left > 0) logger.LogWarning("Ended {Count} workers that an earlier process had left behind", left);
        DeliverLeftovers();
        foreach (var directory in new[] { AttemptDirectory, SpoolDirectory })
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        loop = Task.Run(LoopAsync);
    }

    // Before the first report, after which their attempts are over.
    private void DeliverLeftovers()
    {
        if (!Directory.Exists(AttemptDirectory)) return;
        var deliveries = new List<Task>();
        foreach (var file in Directory.GetFiles(AttemptDirectory, "*.json"))
        {
            try
            {
                var assignment = JsonSerializer.Deserialize<Assignment>(File.ReadAllBytes(file), Json.Options)!;
                if (assignment.Command is null) continue;
                // The head of the earlier life listened elsewhere.
                File.WriteAllText(file, JsonSerializer.Serialize(assignment with { HeadUrl = options.HeadUrl }, Json.Options));
                deliveries.Add(launcher.Launch(WorkerCommand.ForDelivery(options, assignment.AttemptId, file)).Exit);
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or WorkerLaunchException)
            {
                logger.LogWarning(exception, "What the attempt of {File} had not delivered is lost", file);
            }
        }
        Task.WaitAll([.. deliveries]);
    }

    /// <summary>Reports now instead of at the next second; for when work has come.</summary>
    public void Wake() => wake.Release();

    /// <summary>Asks all workers for a checkpoint and their end, waits for them, ends those that take longer than the grace period.</summary>
    /// <param name="grace">Less than <see cref="AgentOptions.StopGrace"/> when nothing can be recorded any more, or null.</param>
    public async Task StopAsync(TimeSpan? grace = null)
    {
        if (!ending.IsCancellationRequested)
        {
            await ending.CancelAsync();
            Wake();
        }
        await loop;
        foreach (var worker in running.Values) StopWorker(worker);
        var ended = Task.WhenAll(running.Values.Select(worker => worker.Process.Exit));
        var timeout = Task.Delay(grace ?? running.Values.Select(GraceOf).DefaultIfEmpty().Max(), time);
        if (await Task.WhenAny(ended, timeout) == timeout)
            foreach (var worker in running.Values)
                worker.Process.Kill();
        await ended;
        if (running.Count > 0) await ReportAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        ending.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            await ReportAsync();
            await WaitAsync();
        }
    }

    private async Task WaitAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        var tick = Task.Delay(options.SyncEvery, time, stop.Token);
        var woken = wake.WaitAsync(stop.Token);
        await Task.WhenAny(tick, woken);
        await stop.CancelAsync();
        await Task.WhenAll(Quiet(tick), Quiet(woken));
        while (wake.Wait(0, CancellationToken.None)) { }

        static async Task Quiet(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReportAsync()
    {
        var ended = running.Values.Where(worker => worker.Process.Exit.IsCompleted).ToList();
        var alive = running.Values.Except(ended).ToList();
        var busy = alive.Select(worker => worker.Order.Slot).ToHashSet();
        var report = new MachineReport(
            slotsJson,
            ending.IsCancellationRequested ? [] : [.. options.Slots.Select(slot => slot.Index).Where(slot => !busy.Contains(slot))],
            [.. alive.Select(worker => worker.Key)],
            [.. ended.Select(worker => new WorkerEnding(worker.Key, worker.Process.Exit.Result, worker.StopRequestedAt is not null,
                LastWords(worker.LogFile)))]);
        MachineOrders orders;
        try
        {
            orders = await sync(report);
        }
        catch (Exception exception)
        {
            // The same is reported again in a second; whether the head is able to go on is for the head to say.
            logger.LogWarning(exception, "The report of machine {Machine} was not answered", options.MachineId);
            return;
        }
        foreach (var worker in ended)
        {
            running.Remove(worker.Key);
            Forget(worker.Key);
        }
        foreach (var key in orders.Stop)
            if (running.TryGetValue(key, out var worker))
                StopWorker(worker);
        foreach (var key in orders.Kill)
            if (running.TryGetValue(key, out var worker))
                worker.Process.Kill();
        foreach (var order in orders.Start) Begin(order);
    }

    private void StopWorker(RunningWorker worker)
    {
        if (worker.StopRequestedAt is null)
        {
            worker.StopRequestedAt = time.GetTimestamp();
            worker.Process.RequestStop();
        }
        else if (time.GetElapsedTime(worker.StopRequestedAt.Value) > GraceOf(worker))
        {
            worker.Process.Kill();
        }
    }

    // The worker of a command ends the program itself when its time is over, and then has to report that.
    private TimeSpan GraceOf(RunningWorker worker) => worker.Order.Command is null ? options.StopGrace : options.StopGrace + ReportTime;

    private void Begin(StageOrder order)
    {
        var key = new AttemptKey(order.StageId, order.Number);
        var slot = options.Slots.Single(slot => slot.Index == order.Slot);
        var assignment = new Assignment
        {
            StageId = order.StageId,
            Attempt = order.Number,
            SweepName = order.SweepName,
            Program = order.Program,
            Parameters = JsonSerializer.Deserialize<ImmutableSortedDictionary<string, ParameterValue>>(order.ParametersJson, Json.Options)!,
            Seed = order.Seed,
            FromStep = order.FromStep,
            ToStep = order.ToStep,
            ResumeFrom = order.ResumeFrom,
            CheckpointDirectory = Path.Combine(options.Home, "checkpoints", $"{order.StageId}"),
            SpoolDirectory = SpoolOf(key),
            HeadUrl = options.HeadUrl,
            Token = order.Token,
            Threads = slot.Threads,
            Gpu = slot.Gpu is null ? null : slot.Name,
            Processor = slot.Processor,
            DataDirectory = options.DataDirectory,
            Command = order.Command is not { } started ? null : new CommandAssignment
            {
                Command = CommandText.Read(started.Json)!, SweepId = started.SweepId, RunId = started.RunId, StopGrace = options.StopGrace.TotalSeconds,
            },
        };
        var file = Path.Combine(AttemptDirectory, key + ".json");
        var command = WorkerCommand.For(options, slot, key.ToString(), file, PrecisionOf(assignment), isCommand: assignment.Command is not null);
        WorkerProcess process;
        try
        {
            Prepare(assignment, file, command);
            process = launcher.Launch(command);
            if (assignment.Command is not null) process = new DeliveringProcess(process, () => launcher.Launch(WorkerCommand.ForDelivery(options, key.ToString(), file)));
        }
        catch (Exception exception) when (exception is WorkerLaunchException or IOException or UnauthorizedAccessException)
        {
            logger.LogError(exception, "Attempt {Attempt} cannot be started", key);
            process = new FailedLaunch();
            AppendLog(command.LogFile, exception.Message);
        }
        running.Add(key, new RunningWorker(key, order, process, command.LogFile));
        _ = process.Exit.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static void Prepare(Assignment assignment, string file, WorkerCommand command)
    {
        // The first attempt of a command finds nothing to go on from, whatever another database has left there.
        if (assignment is { Command: not null, Attempt: 1 } && Directory.Exists(assignment.CheckpointDirectory)) Directory.Delete(assignment.CheckpointDirectory, recursive: true);
        Directory.CreateDirectory(assignment.CheckpointDirectory);
        // What lies there under this attempt's name is of another database.
        if (Directory.Exists(assignment.SpoolDirectory)) Directory.Delete(assignment.SpoolDirectory, recursive: true);
        Directory.CreateDirectory(assignment.SpoolDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
        File.Delete(command.LogFile);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        // It holds the attempt's token.
        if (!OperatingSystem.IsWindows()) access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, access);
        JsonSerializer.Serialize(stream, assignment, Json.Options);
    }

    /// <summary>Removes what only this attempt could use: its token, and points that nobody will send any more.</summary>
    private void Forget(AttemptKey key)
    {
        try
        {
            File.Delete(Path.Combine(AttemptDirectory, key + ".json"));
            if (Directory.Exists(SpoolOf(key))) Directory.Delete(SpoolOf(key), recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "Files of attempt {Attempt} could not be removed", key);
        }
    }

    private static Precision PrecisionOf(Assignment assignment) =>
        assignment.Parameters.Any(parameter => GptParameters.Find(parameter.Key)?.Name == "precision" && parameter.Value.AsString == "bf16") ? Precision.Bf16 : Precision.Fp32;

    private string SpoolOf(AttemptKey key) => Path.Combine(SpoolDirectory, key.ToString());

    private static void AppendLog(string file, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.AppendAllText(file, text + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The logger has it.
        }
    }

    private static string LastWords(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(-Math.Min(stream.Length, LastWordsLimit), SeekOrigin.End);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private sealed record RunningWorker(AttemptKey Key, StageOrder Order, WorkerProcess Process, string LogFile)
    {
        public long? StopRequestedAt { get; set; }
    }

    /// <summary>A worker that never came to be.</summary>
    private sealed class FailedLaunch : WorkerProcess
    {
        public override Task<int> Exit => Task.FromResult(WorkerEnding.NotStarted);

        public override void RequestStop() { }

        public override void Kill() { }
    }
}
