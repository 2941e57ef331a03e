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
/// stops workers as it is told. It decides nothing; whatever it loses, the head learns from its next report. Workers outlive it: those that
/// a killed agent has left are taken over by the next one of the same name.
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
    private readonly string life = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim wake = new(0);
    private readonly Dictionary<AttemptKey, RunningWorker> running = [];
    private readonly CancellationTokenSource ending = new();
    private readonly LogForwarding? forwarding;
    private FileStream? directoryLock;
    private Task loop = Task.CompletedTask;
    private bool isStopped;
    private long reports;
    private long kernelKills = KernelOutOfMemory.Kills();
    private bool isAnswered = true;

    // Mark of the head's directories; null where they are this agent's too.
    private string? storage;

    /// <summary>An agent that has not begun.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="launcher">How workers are started.</param>
    /// <param name="sync">Carries a report to the machine's grain.</param>
    /// <param name="time">Clock of the reports.</param>
    /// <param name="logger">Hears what goes wrong.</param>
    /// <param name="sendLog">Sends logs to a head that does not see this machine's files, and returns how much of the log it has; null where the head is this process.</param>
    public Agent(AgentOptions options, WorkerLauncher launcher, Func<MachineReport, Task<MachineOrders>> sync, TimeProvider time, ILogger<Agent> logger,
        Func<LogPart, Task<long>>? sendLog = null)
    {
        this.options = options;
        this.launcher = launcher;
        this.sync = sync;
        this.time = time;
        this.logger = logger;
        forwarding = sendLog is null ? null : new LogForwarding(sendLog, time);
    }

    /// <summary>Takes over the workers that an earlier life left behind and begins to report.</summary>
    /// <exception cref="AgentException">Another process is the agent of this name.</exception>
    public async Task StartAsync()
    {
        Directory.CreateDirectory(options.Directory);
        try
        {
            directoryLock = new FileStream(Path.Combine(options.Directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new AgentException($"An agent named {options.MachineId} is running already; give this one another --name.", exception);
        }
        await TakeOverAsync();
        loop = Task.Run(LoopAsync);
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
        if (forwarding is not null && !isStopped) await forwarding.StopAsync();
        isStopped = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        ending.Dispose();
        directoryLock?.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            await ReportAsync();
            await WaitAsync();
        }
    }

    /// <summary>
    /// Workers of an earlier life go on, as if nothing had happened, if they report to the same head; others are ended, because they must not
    /// go on beside new ones.
    /// </summary>
    private async Task TakeOverAsync()
    {
        Directory.CreateDirectory(options.AttemptDirectory);
        foreach (var file in Directory.GetFiles(options.AttemptDirectory, "*.json"))
        {
            if (!AttemptKey.TryParse(Path.GetFileNameWithoutExtension(file), out var key)) continue;
            var pidFile = Path.ChangeExtension(file, ".pid");
            var assignment = ReadAssignment(file);
            if (launcher.Find(file, pidFile) is { } process && assignment is not null && assignment.HeadUrl == options.HeadUrl)
            {
                logger.LogInformation("Attempt {Attempt} of an earlier agent goes on", key);
                var isCommand = assignment.Command is not null;
                forwarding?.Follow(key, assignment.Token, WorkerCommand.LogFileOf(options, key.ToString()));
                Watch(new RunningWorker(key, [assignment.Slot, .. assignment.MoreSlots], assignment.Share, isCommand ? Delivering(process, key, file) : process, WorkerCommand.LogFileOf(options, key.ToString()), isCommand));
                continue;
            }
            // A worker that is only about to begin cannot any more without this file; one that has begun has said which process it is.
            File.Delete(file);
            if (launcher.Find(file, pidFile) is { } stranger)
            {
                stranger.Kill();
                await stranger.Exit;
            }
            if (assignment?.Command is not null) await DeliverAsync(assignment, key, file);
            else if (assignment?.Transfer is not null) RemoveUnsent(assignment.CheckpointDirectory, key);
            launcher.Forget(pidFile);
        }
        if (!Directory.Exists(options.SpoolDirectory)) return;
        foreach (var spool in Directory.GetDirectories(options.SpoolDirectory))
            if (!AttemptKey.TryParse(Path.GetFileName(spool), out var key) || !running.ContainsKey(key)) Directory.Delete(spool, recursive: true);
    }

    /// <summary>Sends what a command has left, before the first report, after which its attempt is over. The head of the earlier life may have listened elsewhere.</summary>
    private async Task DeliverAsync(Assignment assignment, AttemptKey key, string file)
    {
        try
        {
            Write(assignment with { HeadUrl = options.HeadUrl }, file);
            await launcher.Launch(WorkerCommand.ForDelivery(options, key.ToString(), file)).Exit;
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or WorkerLaunchException)
        {
            logger.LogWarning(exception, "What attempt {Attempt} had not delivered is lost", key);
        }
    }

    private DeliveringProcess Delivering(WorkerProcess process, AttemptKey key, string file) =>
        new(process, () => launcher.Launch(WorkerCommand.ForDelivery(options, key.ToString(), file)));

    private static Assignment? ReadAssignment(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Assignment>(File.ReadAllText(file), Json.Options);
        }
        catch (JsonException)
        {
            return null; // the agent was killed while it wrote it
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
        // What is free of a slot that is shared, the head knows.
        var busy = alive.Where(worker => worker.Share >= 1).SelectMany(worker => worker.Slots).ToHashSet();
        var killsBefore = kernelKills;
        kernelKills = KernelOutOfMemory.Kills();
        foreach (var worker in ended) worker.MemoryRanOut ??= kernelKills > killsBefore;
        var report = new MachineReport(
            JsonSerializer.Serialize(options.Slots.Select(launcher.Describe), Json.Options),
            ending.IsCancellationRequested ? [] : [.. options.Slots.Select(slot => slot.Index).Where(slot => !busy.Contains(slot))],
            [.. alive.Select(worker => worker.Key)],
            [.. ended.Select(worker => new WorkerEnding(worker.Key, worker.Process.Exit.Result, worker.StopRequestedAt is not null,
                LastWords(worker.LogFile), worker.MemoryRanOut!.Value))],
            life, ++reports);
        MachineOrders orders;
        try
        {
            orders = await sync(report);
        }
        catch (Exception exception)
        {
            // The same is reported again in a second, and the workers go on meanwhile.
            if (isAnswered) logger.LogWarning(exception, "The head does not answer machine {Machine}, which tries again", options.MachineId);
            isAnswered = false;
            return;
        }
        if (!isAnswered) logger.LogInformation("The head answers machine {Machine} again", options.MachineId);
        isAnswered = true;
        Notice(orders.Storage);
        foreach (var worker in ended)
        {
            running.Remove(worker.Key);
            forwarding?.Ended(worker.Key);
            Forget(worker);
        }
        foreach (var key in orders.Stop)
            if (running.TryGetValue(key, out var worker))
                StopWorker(worker);
        foreach (var key in orders.Kill)
            if (running.TryGetValue(key, out var worker))
                worker.Process.Kill();
        foreach (var order in orders.Start) Begin(order);
    }

    /// <summary>Sends logs from the first answer on by which the head is seen to have other directories.</summary>
    private void Notice(string? mark)
    {
        if (mark == storage) return;
        storage = mark;
        if (forwarding is { HasStarted: false } && !Shares("logs")) forwarding.Start();
    }

    private bool Shares(string directory) => storage is null || DirectoryMark.Read(Path.Combine(options.Home, directory)) == storage;

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
    private TimeSpan GraceOf(RunningWorker worker) => !worker.IsCommand ? options.StopGrace : options.StopGrace + ReportTime;

    private void Begin(StageOrder order)
    {
        var key = new AttemptKey(order.StageId, order.Number);
        var resources = ResourceText.Read(order.ResourcesJson);
        int[] places = [order.Slot, .. order.MoreSlots ?? []];
        var slots = places.Select(place => launcher.Describe(options.Slots.Single(slot => slot.Index == place))).ToArray();
        var slot = slots[0].IsOnRequest ? slots[0].For(resources)! : slots[0] with
        {
            Threads = order.Threads ?? slots[0].Threads, Device = slots.Length == 1 ? slots[0].Device : string.Join(',', slots.Select(slot => slot.Visible).Where(visible => visible.Length > 0)),
        };
        var shares = Shares("checkpoints");
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
            ResumeFrom = order.ResumeFrom is { } path && shares ? Here(path) : order.ResumeFrom,
            ResumeSha256 = order.ResumeSha256,
            MemoryFailures = order.MemoryFailures,
            Slot = order.Slot,
            MoreSlots = places[1..],
            Share = order.Share,
            CheckpointDirectory = Path.Combine(shares ? Path.Combine(options.Home, "checkpoints") : options.UnsentDirectory(storage!), $"{order.StageId}"),
            Transfer = shares ? null : new CheckpointTransfer(options.CacheDirectory, options.CacheBytes),
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
        var file = Path.Combine(options.AttemptDirectory, key + ".json");
        var command = WorkerCommand.For(options, slot, key.ToString(), file, PrecisionOf(assignment), isCommand: assignment.Command is not null, order.SweepName, resources);
        WorkerProcess process;
        try
        {
            Prepare(assignment, file, command);
            forwarding?.Follow(key, assignment.Token, command.LogFile);
            process = launcher.Launch(command);
            if (assignment.Command is not null) process = Delivering(process, key, file);
        }
        catch (Exception exception) when (exception is WorkerLaunchException or IOException or UnauthorizedAccessException)
        {
            logger.LogError(exception, "Attempt {Attempt} cannot be started", key);
            process = new FailedLaunch();
            AppendLog(command.LogFile, exception.Message);
        }
        Watch(new RunningWorker(key, places, order.Share, process, command.LogFile, assignment.Command is not null));
    }

    private void Watch(RunningWorker worker)
    {
        running.Add(worker.Key, worker);
        _ = worker.Process.Exit.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>The path of a checkpoint in the directory that this machine shares with the head, which may see it under another path.</summary>
    private string Here(string path)
    {
        const string Shared = "/checkpoints/";
        var at = path.LastIndexOf(Shared, StringComparison.Ordinal);
        return at < 0 || File.Exists(path) ? path : Path.Combine(options.Home, "checkpoints", path[(at + Shared.Length)..]);
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
        Write(assignment, file);
    }

    private static void Write(Assignment assignment, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        // It holds the attempt's token.
        if (!OperatingSystem.IsWindows()) access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, access);
        JsonSerializer.Serialize(stream, assignment, Json.Options);
    }

    /// <summary>Removes what only this attempt could use: its token, and points that nobody will send any more.</summary>
    private void Forget(RunningWorker worker)
    {
        var key = worker.Key;
        try
        {
            File.Delete(Path.Combine(options.AttemptDirectory, key + ".json"));
            launcher.Forget(Path.Combine(options.AttemptDirectory, key + ".pid"));
            if (Directory.Exists(SpoolOf(key))) Directory.Delete(SpoolOf(key), recursive: true);
            // What a killed worker could not send; a command keeps its directory.
            if (storage is null || worker.IsCommand) return;
            RemoveUnsent(Path.Combine(options.UnsentDirectory(storage), $"{key.StageId}"), key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "Files of attempt {Attempt} could not be removed", key);
        }
    }

    private static void RemoveUnsent(string directory, AttemptKey key)
    {
        var own = Path.Combine(directory, $"{key.Number}");
        if (Directory.Exists(own)) Directory.Delete(own, recursive: true);
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any()) Directory.Delete(directory);
    }

    private static Precision PrecisionOf(Assignment assignment) =>
        assignment.Parameters.Any(parameter => GptParameters.Find(parameter.Key)?.Name == "precision" && parameter.Value.AsString == "bf16") ? Precision.Bf16 : Precision.Fp32;

    private string SpoolOf(AttemptKey key) => Path.Combine(options.SpoolDirectory, key.ToString());

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

    private sealed record RunningWorker(AttemptKey Key, IReadOnlyList<int> Slots, double Share, WorkerProcess Process, string LogFile, bool IsCommand)
    {
        public long? StopRequestedAt { get; set; }

        /// <summary>Whether the kernel has killed a process for want of memory since the report before its end; null while it is alive.</summary>
        public bool? MemoryRanOut { get; set; }
    }

    /// <summary>A worker that never came to be.</summary>
    private sealed class FailedLaunch : WorkerProcess
    {
        public override Task<int> Exit => Task.FromResult(WorkerEnding.NotStarted);

        public override void RequestStop() { }

        public override void Kill() { }
    }
}
