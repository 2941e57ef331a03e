using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sweeps.Core;
using Sweeps.Core.Commands;
using Sweeps.Core.Protocol;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Workers;
using Sweeps.Results.Records;

namespace Sweeps.Orchestration.Tests;

/// <summary>A real agent with real processes, grains and database.</summary>
public sealed class AgentTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task A_worker_is_told_all_that_it_needs_in_a_file_that_only_its_user_can_read()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 77));
        await using var agent = await StartAsync(head, directory.Script("echo started; exec sleep 600"), slots: 1);
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));

        var file = directory.Path("agents", "here", "attempts", "1-1.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var assignment = JsonSerializer.Deserialize<Assignment>(File.ReadAllText(file), Json.Options)!;
        Assert.Equal((1L, 1, "test", "gpt", 1, 0, 77), (assignment.StageId, assignment.Attempt, assignment.SweepName, assignment.Program,
            assignment.Seed, assignment.FromStep, assignment.ToStep));
        Assert.Equal(0, assignment.Parameters["heads"].AsLong);
        Assert.Equal(("http://127.0.0.1:1", "/data"), (assignment.HeadUrl, assignment.DataDirectory));
        Assert.True(Directory.Exists(assignment.CheckpointDirectory));
        Assert.Empty(Directory.GetFileSystemEntries(assignment.SpoolDirectory));
        Assert.True(Orchestration.Attempts.AttemptToken.Fits(assignment.Token, (await head.Store.Queries.AttemptAsync(1, 1))!));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_worker_of_a_command_is_told_so_and_only_its_first_attempt_finds_an_empty_directory()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        var command = new CommandSpec { Program = "train.py", Groups = ["model"], Directory = "/here" };
        await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 0) with { Program = "train.py", Command = command });
        var left = Path.Combine(Directory.CreateDirectory(directory.Path("checkpoints", "1")).FullName, "left");
        File.WriteAllText(left, "by another database");
        var worker = directory.Script(
            """
            resume=$(dirname "$0")/checkpoints/1
            echo "$1 $(ls "$resume") $MALLOC_TRIM_THRESHOLD_ $OMP_NUM_THREADS"
            echo 5 > "$resume/state"
            case "$2" in */1-1.json) cp "$2" "$(dirname "$0")/first.json"; exit 15;; esac
            echo started; exec sleep 600
            """);
        await using var agent = await StartAsync(head, worker, slots: 1, grace: TimeSpan.FromSeconds(7));
        await ProcessLauncherTests.Until(() => Log("1-2").Contains("started"));
        Assert.Equal("command   1\n", Log("1-1"));
        Assert.StartsWith("command state  1\n", Log("1-2"));
        var assignment = JsonSerializer.Deserialize<Assignment>(File.ReadAllText(directory.Path("first.json")), Json.Options)!;
        Assert.Equal(("train.py", 1L, 1L, 7.0), (assignment.Program, assignment.Command!.SweepId, assignment.Command.RunId, assignment.Command.StopGrace));
        Assert.Equivalent(command, assignment.Command.Command);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_points_of_a_killed_worker_of_a_command_are_delivered_before_its_stage_is_tried_again()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1, steps: 0) with { Command = new CommandSpec() });
        var worker = directory.Script(
            """
            echo "$1 $(basename "$2") $(grep -o '127.0.0.1:[0-9]' "$2")" >> "$(dirname "$0")/calls"
            [ "$1" = deliver ] && exit 0
            echo "$$ started"; exec sleep 600
            """);
        var agent = await StartAsync(head, worker, slots: 1);
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));
        System.Diagnostics.Process.GetProcessById(int.Parse(Log("1-1").Split(' ')[0])).Kill();
        await ProcessLauncherTests.Until(() => Log("1-2").Contains("started"));
        Assert.Equal("command 1-1.json 127.0.0.1:1\ndeliver 1-1.json 127.0.0.1:1\ncommand 1-2.json 127.0.0.1:1\n", File.ReadAllText(directory.Path("calls")));

        // The same after the agent itself is gone, for a head that listens elsewhere.
        var assignment = File.ReadAllText(directory.Path("agents", "here", "attempts", "1-2.json"));
        await agent.DisposeAsync();
        File.Delete(directory.Path("calls"));
        File.WriteAllText(directory.Path("agents", "here", "attempts", "1-2.json"), assignment.Replace("http://127.0.0.1:1", "http://127.0.0.1:2", StringComparison.Ordinal));
        await using var next = await StartAsync(head, worker, slots: 1);
        Assert.StartsWith("deliver 1-2.json 127.0.0.1:1\n", File.ReadAllText(directory.Path("calls")));
        Assert.False(File.Exists(directory.Path("agents", "here", "attempts", "1-2.json")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Workers_that_a_killed_agent_has_left_are_taken_over_and_go_on()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(2));
        var worker = directory.Script("trap 'echo saved; exit 10' TERM; echo $$ started; while :; do sleep 0.05; done");
        var left = await StartWorkerOfAKilledAgentAsync(head, worker);
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));

        // Its slot is taken; the other one is free.
        await using var agent = await StartAsync(head, worker, slots: 2);
        await ProcessLauncherTests.Until(() => Log("2-1").Contains("started"));
        Assert.False(left.Exit.IsCompleted);
        Assert.Equal([(1L, 0), (2L, 1)], (await head.Store.Queries.OpenAttemptsAsync("here")).Select(attempt => (attempt.StageId, attempt.Slot)));

        // One that is killed is lost and tried again, like any other.
        left.Kill();
        await ProcessLauncherTests.Until(() => Log("1-2").Contains("started"));
        var attempt = (await head.Store.Queries.AttemptAsync(1, 1))!;
        Assert.Equal(AttemptOutcome.Lost, attempt.Outcome);
        Assert.StartsWith("The worker ended while its agent could not see how", attempt.Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_was_taken_over_is_asked_to_stop_like_any_other()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        var worker = directory.Script("trap 'echo saved; exit 10' TERM; echo $$ started; while :; do sleep 0.05; done");
        var left = await StartWorkerOfAKilledAgentAsync(head, worker);
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));
        await (await StartAsync(head, worker, slots: 1)).DisposeAsync();
        Assert.Equal(10, await left.Exit);
        Assert.Contains("saved", Log("1-1"));
        Assert.Empty(await head.Store.Queries.OpenAttemptsAsync("here"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Workers_of_another_head_and_files_of_workers_that_are_gone_are_removed()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        var worker = directory.Script("echo $$ started; while :; do sleep 0.05; done");
        var left = await StartWorkerOfAKilledAgentAsync(head, worker, headUrl: "http://127.0.0.1:2");
        File.WriteAllText(directory.Path("agents", "here", "attempts", "9-1.json"), "{");
        File.WriteAllText(directory.Path("agents", "here", "attempts", "9-1.pid"), $"{Environment.ProcessId}\n");
        Directory.CreateDirectory(directory.Path("agents", "here", "spool", "9-1"));
        await using var agent = await StartAsync(head, worker, slots: 1);
        Assert.Equal(128 + 9, await left.Exit);
        await ProcessLauncherTests.Until(() => Log("1-2").Contains("started"));
        Assert.Equal(["1-2.json", "1-2.pid"], Directory.GetFiles(directory.Path("agents", "here", "attempts")).Select(Path.GetFileName).Order());
        Assert.Equal(["1-2"], Directory.GetDirectories(directory.Path("agents", "here", "spool")).Select(Path.GetFileName));
        Assert.Equal(0, (await head.Store.Queries.StageAsync(1))!.MachineFailures);
    }

    [Fact(Timeout = 60_000)]
    public async Task There_is_one_agent_of_a_name()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await using var agent = await StartAsync(head, "/bin/true", slots: 1);
        var exception = await Assert.ThrowsAsync<AgentException>(() => StartAsync(head, "/bin/true", slots: 1));
        Assert.Equal("An agent named here is running already; give this one another --name.", exception.Message);
    }

    // What an agent does for an order, without the agent: the worker is this test's child, so that the test sees how it ends.
    private async Task<WorkerProcess> StartWorkerOfAKilledAgentAsync(TestHead head, string worker, string headUrl = "http://127.0.0.1:1")
    {
        var order = Assert.Single((await head.SyncAsync(free: [0])).Start);
        var options = Options(worker, slots: 1);
        var file = directory.Path("agents", "here", "attempts", $"{order.StageId}-{order.Number}.json");
        Directory.CreateDirectory(options.AttemptDirectory);
        File.WriteAllText(file, JsonSerializer.Serialize(new Assignment
        {
            StageId = order.StageId, Attempt = order.Number, SweepName = order.SweepName, Program = order.Program, Parameters = new Dictionary<string, ParameterValue>(), Seed = 1,
            FromStep = 0, ToStep = 10, CheckpointDirectory = "/x", SpoolDirectory = "/x", HeadUrl = headUrl, Token = order.Token, DataDirectory = "/data", Slot = order.Slot,
        }, Json.Options));
        var process = new ProcessLauncher().Launch(WorkerCommand.For(options, options.Slots[0], $"{order.StageId}-{order.Number}", file));
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));
        return process;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_is_killed_from_outside_is_started_again()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        await using var agent = await StartAsync(head, directory.Script("echo $$ started; exec sleep 600"), slots: 1);
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));
        var pid = int.Parse(Log("1-1").Split(' ')[0]);
        System.Diagnostics.Process.GetProcessById(pid).Kill();
        await ProcessLauncherTests.Until(() => Log("1-2").Contains("started"));
        Assert.Equal(AttemptOutcome.Lost, (await head.Store.Queries.AttemptAsync(1, 1))!.Outcome);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failing_worker_uses_up_its_retry_and_fails_its_run_alone()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(2));
        var worker = directory.Script(
            """
            case "$1" in */1-*) echo "There is no data set x."; exit 12;; esac
            echo started; exec sleep 600
            """);
        await using var agent = await StartAsync(head, worker, slots: 1);
        await ProcessLauncherTests.Until(() => Log("2-1").Contains("started"));
        var runs = await head.Store.Queries.RunsAsync(id);
        Assert.Equal([(RunState.Failed, "There is no data set x."), (RunState.Running, null)], runs.Select(run => (run.State, run.Error)));
        Assert.Equal([(1, "There is no data set x."), (2, "There is no data set x.")],
            (await head.Store.Queries.AttemptsAsync(1)).Select(attempt => (attempt.Number, attempt.Error)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Pausing_the_sweep_asks_its_worker_and_one_that_does_not_listen_is_ended()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(2));
        var worker = directory.Script(
            """
            case "$1" in */1-*) trap 'echo saved; exit 10' TERM;; *) trap '' TERM;; esac
            echo started; while :; do sleep 0.05; done
            """);
        await using var agent = await StartAsync(head, worker, slots: 2, grace: TimeSpan.FromMilliseconds(200));
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started") && Log("2-1").Contains("started"));
        await head.Sweep(id).Pause();
        agent.Wake();
        while ((await head.Store.Queries.OpenAttemptsAsync("here")).Count > 0) await Task.Delay(10);
        Assert.Contains("saved", Log("1-1"));
        foreach (var stage in await head.Store.Queries.StagesAsync(id))
        {
            Assert.Equal((StageState.Ready, 0, 0), (stage.State, stage.UserFailures, stage.MachineFailures));
            Assert.Equal(AttemptOutcome.Stopped, (await head.Store.Queries.AttemptAsync(stage.Id, 1))!.Outcome);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_agent_that_ends_takes_its_workers_with_it_and_reports_them()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        await head.Store.CreateSweepAsync(TestHead.Plan(1));
        var agent = await StartAsync(head, directory.Script("trap 'echo saved; exit 10' TERM; echo started; while :; do sleep 0.05; done"), slots: 1);
        await ProcessLauncherTests.Until(() => Log("1-1").Contains("started"));
        await agent.DisposeAsync();
        Assert.Equal("started\nsaved\n", Log("1-1"));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path("agents", "here", "attempts")));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path("agents", "here", "spool")));
        Assert.Equal(AttemptOutcome.Stopped, (await head.Store.Queries.AttemptAsync(1, 1))!.Outcome);
        Assert.Equal(StageState.Ready, (await head.Store.Queries.StageAsync(1))!.State);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_launcher_that_cannot_start_workers_is_an_error_of_the_machine_with_its_sentence()
    {
        await using var head = await TestHead.StartAsync(directory.Path("sweeps.db"));
        var id = await head.Store.CreateSweepAsync(TestHead.Plan(1) with { MachineRetries = 1 });
        await using var agent = await StartAsync(head, "/worker", slots: 1, launcher: new BrokenLauncher());
        while ((await head.Store.Queries.FindSweepAsync(id))!.State != SweepState.Failed) await Task.Delay(10);
        Assert.Equal("The worker is made of straw.", Assert.Single(await head.Store.Queries.RunsAsync(id)).Error);
        Assert.Equal(2, (await head.Store.Queries.StageAsync(1))!.MachineFailures);
    }

    private async Task<Agent> StartAsync(TestHead head, string worker, int slots, TimeSpan? grace = null, WorkerLauncher? launcher = null)
    {
        var agent = new Agent(Options(worker, slots, grace), launcher ?? new ProcessLauncher(), head.Machine().Sync, TimeProvider.System, NullLogger<Agent>.Instance);
        await agent.StartAsync();
        return agent;
    }

    private AgentOptions Options(string worker, int slots, TimeSpan? grace = null) => new()
    {
        MachineId = "here", Home = directory.FullName, DataDirectory = "/data", HeadUrl = "http://127.0.0.1:1", Worker = worker,
        Slots = SlotDetection.Detect(slots), SyncEvery = TimeSpan.FromMilliseconds(50), StopGrace = grace ?? TimeSpan.FromSeconds(30),
    };

    private string Log(string attempt)
    {
        var file = directory.Path("logs", attempt + ".log");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    private sealed class BrokenLauncher : WorkerLauncher
    {
        public override WorkerProcess Launch(WorkerCommand command) => throw new WorkerLaunchException("The worker is made of straw.");

        public override WorkerProcess? Find(string assignmentFile, string pidFile) => null;
    }
}
