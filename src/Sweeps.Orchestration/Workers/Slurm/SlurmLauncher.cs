using Microsoft.Extensions.Logging;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;

namespace Sweeps.Orchestration.Workers.Slurm;

/// <summary>Starts workers as jobs of Slurm, an existing cluster's batch system: one job for each attempt.</summary>
/// <remarks>
/// One loop does everything: orders that came together and ask for the same are submitted as one array; all jobs are asked about in one
/// <c>squeue</c>; exit codes are read from files. While the controller does not answer, nothing is assumed: jobs go on, and what is to be
/// submitted or stopped waits. A submission has a tag, written down before it is made, so that one whose answer was lost is found and not made twice.
/// </remarks>
public sealed class SlurmLauncher : WorkerLauncher
{
    private const int MissingTwice = 2;

    // A worker that has told the head of its end is asked to stop, too, when its exit code is not seen yet: that is not worth a signal.
    private static readonly TimeSpan StopAfter = TimeSpan.FromMilliseconds(500);

    private readonly ProcessLauncher here = new();
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly List<SlurmWorker> workers = [];
    private readonly Queue<(SlurmWorker Worker, WorkerCommand Command)> orders = new();
    private readonly List<Submission> submissions = [];
    private readonly SlurmOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<SlurmLauncher> logger;
    private bool isRunning;
    private bool isAnswered = true;
    private bool hasAccounting = true;
    private long? asked;

    /// <summary>A launcher for one agent.</summary>
    /// <param name="options">How jobs are submitted.</param>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="logger">Hears what goes wrong.</param>
    public SlurmLauncher(SlurmOptions options, TimeProvider time, ILogger<SlurmLauncher> logger) => (this.options, this.time, this.logger) = (options, time, logger);

    /// <summary>Slots that stand for so many jobs at a time.</summary>
    public static IReadOnlyList<Slot> Slots(int jobs) =>
        [.. Enumerable.Range(0, jobs).Select(index => new Slot(index, "slurm", null, SlurmRequest.Threads(new ResourceSpec())) { IsOnRequest = true, Processor = "" })];

    /// <summary>Asks the controller whether it would take jobs with these options; one that is away may be back when the first job comes.</summary>
    /// <exception cref="WorkerLaunchException">It would not, or Slurm's commands are not here; the message is one sentence with the fix.</exception>
    public async Task CheckAsync()
    {
        Directory.CreateDirectory(options.Directory);
        var answer = await SlurmCommands.RunAsync("sbatch", ["--test-only", .. new SlurmRequest(new ResourceSpec()).Arguments("sweeps-check", "sweeps", 1, options)], "#!/bin/sh\n");
        if (answer.IsGood) return;
        if (answer.HasNoConfiguration) throw new WorkerLaunchException("Slurm is not set up on this machine (no slurm.conf was found): start the agent where `sinfo` answers, or name the file in SLURM_CONF.");
        if (answer.Error.Contains("invalid", StringComparison.OrdinalIgnoreCase) || answer.Error.Contains("unrecognized", StringComparison.OrdinalIgnoreCase))
            throw new WorkerLaunchException($"Slurm refuses jobs with {(options.Arguments.Count == 0 ? "its default partition" : string.Join(' ', options.Arguments))}: {answer.Complaint}. "
                + "`sinfo` lists the partitions; change --partition, --account, --qos, --constraint or --slurm-option.");
        logger.LogWarning("Slurm does not take jobs now, and is asked again for each: {Complaint}", answer.Complaint);
    }

    /// <inheritdoc/>
    public override bool IsElsewhere => true;

    /// <inheritdoc/>
    public override Slot Describe(Slot slot)
    {
        try
        {
            // Jobs come to several kinds of nodes where a partition has them: the newest is the best guess.
            var lines = File.ReadAllLines(new SlurmFiles(options.Directory, "").Device);
            return lines is [{ Length: > 0 } processor, ..] ? slot with { Processor = processor, GpuName = lines is [_, { Length: > 0 } gpu, ..] ? gpu : slot.GpuName } : slot;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return slot;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A command that needs nothing of the cluster runs here.</remarks>
    public override WorkerProcess Launch(WorkerCommand command)
    {
        if (command.Resources is null) return here.Launch(command);
        var files = FilesOf(command.PidFile);
        try
        {
            Directory.CreateDirectory(options.Directory);
            Directory.CreateDirectory(Path.GetDirectoryName(command.PidFile)!);
            Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
            // What lies there under this attempt's name is of another database.
            files.Delete();
            File.WriteAllText(files.Script, SlurmJobScript.OfAttempt(command, command.Arguments[^1], files, options.Dotnet));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WorkerLaunchException($"The job of {command.Name} cannot be written: {exception.Message}", exception);
        }
        var worker = new SlurmWorker(command.PidFile, files, time, Wake);
        lock (gate)
        {
            workers.Add(worker);
            orders.Enqueue((worker, command));
        }
        Run();
        return worker;
    }

    /// <inheritdoc/>
    /// <remarks>What has become of a job is known by its exit code or from the controller: it is found whether it is alive or not.</remarks>
    public override WorkerProcess? Find(string assignmentFile, string pidFile)
    {
        if (SlurmTicket.Read(pidFile) is not { } ticket) return here.Find(assignmentFile, pidFile);
        SlurmWorker worker;
        lock (gate)
        {
            if (workers.Find(one => one.PidFile == pidFile) is { } known) return known;
            workers.Add(worker = new SlurmWorker(pidFile, FilesOf(pidFile), time, Wake) { Ticket = ticket });
        }
        Run();
        return worker;
    }

    /// <inheritdoc/>
    public override void Forget(string pidFile)
    {
        base.Forget(pidFile);
        FilesOf(pidFile).Delete();
    }

    private SlurmFiles FilesOf(string pidFile) => new(options.Directory, Path.GetFileNameWithoutExtension(pidFile));

    private void Wake() => wake.Release();

    private void Run()
    {
        Wake();
        lock (gate)
        {
            if (isRunning) return;
            isRunning = true;
        }
        _ = Task.Run(LoopAsync);
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            await wake.WaitAsync(options.LookEvery);
            while (wake.Wait(0)) { }
            bool hasOrders;
            lock (gate) hasOrders = orders.Count > 0;
            if (hasOrders) await Task.Delay(options.GatherFor, time);
            try
            {
                await StepAsync();
            }
            catch (Exception exception) when (exception is WorkerLaunchException or IOException or UnauthorizedAccessException)
            {
                if (isAnswered) logger.LogWarning(exception, "Slurm's jobs cannot be looked after now; this is tried again");
                isAnswered = false;
            }
            lock (gate)
            {
                workers.RemoveAll(worker => worker.Exit.IsCompleted);
                if (workers.Count > 0) continue;
                isRunning = false;
                return;
            }
        }
    }

    private async Task StepAsync()
    {
        Gather();
        foreach (var submission in submissions.ToArray()) await SubmitAsync(submission);
        submissions.RemoveAll(submission => submission.IsDone);
        var submitted = Submitted();
        foreach (var worker in submitted) LookAtExit(worker);
        await TellAsync();
        if (asked is { } before && time.GetElapsedTime(before) < options.AskEvery) return;
        submitted = [.. submitted.Where(worker => !worker.Exit.IsCompleted)];
        if (submitted.Count == 0) return;
        var jobs = await AskAsync();
        asked = time.GetTimestamp();
        if (jobs is null) return;
        var missing = new List<SlurmWorker>();
        foreach (var worker in submitted)
        {
            if (jobs.FirstOrDefault(worker.Ticket!.Fits) is { } job) LookAt(worker, job);
            else if (++worker.Missing >= MissingTwice) missing.Add(worker);
        }
        if (missing.Count > 0) await LookIntoAccountingAsync(missing);
    }

    private List<SlurmWorker> Submitted()
    {
        // A worker of a submission whose answer was lost is not one yet.
        var waiting = submissions.SelectMany(submission => submission.Orders.Select(order => order.Worker)).ToHashSet();
        lock (gate) return [.. workers.Where(worker => worker.Ticket is not null && !worker.Exit.IsCompleted && !waiting.Contains(worker))];
    }

    /// <summary>Orders that ask for the same become one submission.</summary>
    private void Gather()
    {
        var taken = new List<(SlurmWorker Worker, WorkerCommand Command)>();
        lock (gate)
            while (orders.TryDequeue(out var order)) taken.Add(order);
        foreach (var same in taken.GroupBy(order => new SlurmRequest(order.Command.Resources!)))
            foreach (var tasks in same.Chunk(SlurmRequest.MostTasks))
                submissions.Add(new Submission(same.Key, [.. tasks]));
    }

    private async Task SubmitAsync(Submission submission)
    {
        if (submission.NotBefore is { } next && time.GetTimestamp() < next) return;
        // Its answer was lost: the controller may have taken it nevertheless.
        if (submission.Tag is not null)
        {
            if (await AskAsync() is not { } jobs)
            {
                PauseBefore(submission);
                return;
            }
            if (jobs.FirstOrDefault(job => job.Tag == submission.Tag) is { } found)
            {
                Submitted(submission, found.Id.Split('_')[0]);
                return;
            }
        }
        foreach (var (worker, _) in submission.Orders.Where(order => order.Worker.IsToStop || order.Worker.IsToDie)) worker.End(WorkerEnding.Evicted);
        submission.Orders.RemoveAll(order => order.Worker.Exit.IsCompleted);
        if (submission.Orders.Count == 0)
        {
            submission.IsDone = true;
            return;
        }
        var tag = submission.Tag = Guid.NewGuid().ToString("N");
        foreach (var (index, (worker, _)) in submission.Orders.Index())
        {
            worker.Ticket = new SlurmTicket(tag, submission.Orders.Count > 1 ? index : null, null);
            worker.Ticket.Write(worker.PidFile);
        }
        var first = submission.Orders[0].Command;
        var name = submission.Orders.Count == 1 ? first.Name : $"{first.Name}+{submission.Orders.Count - 1}";
        var answer = await SlurmCommands.RunAsync("sbatch", submission.Request.Arguments(name, tag, submission.Orders.Count, options),
            SlurmJobScript.Entry([.. submission.Orders.Select(order => order.Worker.Files.Script)]));
        if (answer.IsGood && SlurmJob.ReadSubmitted(answer.Output) is { } id) Submitted(submission, id);
        else if (answer.IsGood || answer.IsPassing)
        {
            if (submission.Pause == TimeSpan.Zero) logger.LogWarning("Slurm does not take {Name}, which is tried again: {Complaint}", name, answer.Complaint);
            PauseBefore(submission);
        }
        else
        {
            logger.LogError("Slurm refuses {Name}: {Complaint}", name, answer.Complaint);
            foreach (var (worker, _) in submission.Orders)
                End(worker, new SlurmEnding(WorkerEnding.Refused, $"Slurm refuses the job: {answer.Complaint}. Change 'resources' in the sweep file, or what the agent asks for (--partition, --slurm-option and the like)."));
            submission.IsDone = true;
        }
    }

    private void Submitted(Submission submission, string id)
    {
        foreach (var (worker, _) in submission.Orders)
        {
            worker.Ticket = worker.Ticket!.Of(id);
            worker.Ticket.Write(worker.PidFile);
        }
        submission.IsDone = true;
    }

    private void PauseBefore(Submission submission)
    {
        submission.Pause = submission.Pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : TimeSpan.FromTicks(Math.Min(2 * submission.Pause.Ticks, options.LongestPause.Ticks));
        submission.NotBefore = time.GetTimestamp() + (long)(submission.Pause.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Tells Slurm what is to stop and to die, each once, all in one command.</summary>
    private async Task TellAsync()
    {
        var known = Submitted().Where(worker => worker.Ticket!.JobId is not null).ToList();
        var stop = known.Where(worker => worker is { IsToStop: true, WasToldToStop: false, IsToDie: false } && worker.ToStopFor >= StopAfter).ToList();
        if (stop.Count > 0)
        {
            var ids = stop.Select(worker => worker.Ticket!.JobId!).ToArray();
            // One that has not begun has nothing to keep. One that begins between the two is told by the second.
            var pending = await SlurmCommands.RunAsync("scancel", ["--quiet", "--state=PENDING", .. ids]);
            var running = await SlurmCommands.RunAsync("scancel", ["--quiet", "--signal=TERM", "--batch", "--state=RUNNING", .. ids]);
            if (!pending.IsPassing && !running.IsPassing)
                foreach (var worker in stop) worker.WasToldToStop = true;
        }
        var die = known.Where(worker => worker is { IsToDie: true, WasToldToDie: false }).ToList();
        if (die.Count == 0) return;
        if (!(await SlurmCommands.RunAsync("scancel", ["--quiet", .. die.Select(worker => worker.Ticket!.JobId!)])).IsPassing)
            foreach (var worker in die) worker.WasToldToDie = true;
    }

    /// <summary>A worker that ended by itself needs no word from Slurm; of one that a signal has ended Slurm may know why.</summary>
    private void LookAtExit(SlurmWorker worker)
    {
        if (worker.Files.ReadExit() is not { } exitCode) return;
        worker.OverSince ??= time.GetTimestamp();
        if (exitCode <= 128 || time.GetElapsedTime(worker.OverSince.Value) > options.FileLag) End(worker, new SlurmEnding(exitCode, null));
    }

    private void LookAt(SlurmWorker worker, SlurmJob job)
    {
        worker.Missing = 0;
        if (worker.Ticket!.JobId is null)
        {
            worker.Ticket = worker.Ticket with { JobId = job.Id };
            worker.Ticket.Write(worker.PidFile);
        }
        if (!job.IsOver) return;
        worker.OverSince ??= time.GetTimestamp();
        var exitCode = worker.Files.ReadExit();
        // The script came to its end, and what it wrote is on its way.
        if (exitCode is null && job.State is "COMPLETED" or "FAILED" && time.GetElapsedTime(worker.OverSince.Value) < options.FileLag) return;
        End(worker, SlurmEnding.Of(job, exitCode));
    }

    /// <summary>Slurm forgets jobs some minutes after their end; its accounting does not, where there is one.</summary>
    private async Task LookIntoAccountingAsync(List<SlurmWorker> missing)
    {
        IReadOnlyList<SlurmJob> jobs = [];
        var ids = missing.Select(worker => worker.Ticket!.JobId).OfType<string>().ToArray();
        if (hasAccounting && ids.Length > 0)
        {
            try
            {
                var answer = await SlurmCommands.RunAsync("sacct", ["--noheader", "--parsable2", "--allocations", $"--format={SlurmJob.AccountingFormat}", $"--jobs={string.Join(',', ids)}"]);
                hasAccounting = answer.IsGood || answer.IsPassing;
                if (answer.IsGood) jobs = SlurmJob.ReadAccounting(answer.Output);
            }
            catch (WorkerLaunchException)
            {
                hasAccounting = false;
            }
        }
        foreach (var worker in missing)
        {
            var id = worker.Ticket!.JobId;
            var job = id is null ? null : jobs.FirstOrDefault(job => job.Id == id);
            var exitCode = worker.Files.ReadExit();
            End(worker, job is { IsOver: true } ? SlurmEnding.Of(job, exitCode) : SlurmEnding.Vanished(id, exitCode));
        }
    }

    /// <summary>All jobs of this user; null while the controller does not answer.</summary>
    private async Task<IReadOnlyList<SlurmJob>?> AskAsync()
    {
        var answer = await SlurmCommands.RunAsync("squeue", ["--me", "--noheader", "--array", "--states=all", $"--format={SlurmJob.QueueFormat}"]);
        if (isAnswered && !answer.IsGood) logger.LogWarning("Slurm does not answer; its jobs go on, and it is asked again: {Complaint}", answer.Complaint);
        if (!isAnswered && answer.IsGood) logger.LogInformation("Slurm answers again");
        isAnswered = answer.IsGood;
        return answer.IsGood ? SlurmJob.ReadQueue(answer.Output) : null;
    }

    private void End(SlurmWorker worker, SlurmEnding ending)
    {
        try
        {
            if (worker.Ticket is { } ticket)
            {
                var output = SlurmRequest.OutputOf(options, ticket.Tag) + (ticket.Index is { } index ? $".{index}" : "");
                if (ending.Sentence is { } sentence)
                    File.AppendAllText(Path.Combine(options.LogDirectory, worker.Files.AttemptId + ".log"), (File.Exists(output) ? File.ReadAllText(output) : "") + sentence + "\n");
                File.Delete(output);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "What Slurm said about {Attempt} could not be kept", worker.Files.AttemptId);
        }
        worker.End(ending.ExitCode);
    }

    /// <summary>Jobs that are submitted together.</summary>
    private sealed class Submission(SlurmRequest request, List<(SlurmWorker Worker, WorkerCommand Command)> orders)
    {
        public SlurmRequest Request => request;

        public List<(SlurmWorker Worker, WorkerCommand Command)> Orders => orders;

        /// <summary>That of the last try, null before the first one.</summary>
        public string? Tag { get; set; }

        public TimeSpan Pause { get; set; }

        public long? NotBefore { get; set; }

        public bool IsDone { get; set; }
    }
}
