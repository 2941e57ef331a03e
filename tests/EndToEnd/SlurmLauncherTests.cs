using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Sweeps.Core.SweepFiles;
using Sweeps.Orchestration.Agents;
using Sweeps.Orchestration.Grains;
using Sweeps.Orchestration.Workers;
using Sweeps.Orchestration.Workers.Slurm;

namespace Sweeps.EndToEnd;

/// <summary>Workers that are shell scripts, as jobs of real Slurm daemons.</summary>
public sealed class SlurmLauncherTests(SlurmLauncherTests.Fixture fixture) : IClassFixture<SlurmLauncherTests.Fixture>, IAsyncDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sweeps it's 100% slurm ");

    // Jobs of a cluster have names that say whose they are: those of the last test may take a while to end.
    private readonly string sweep = $"sweep{Guid.NewGuid():N}"[..12];

    /// <summary>A test that fails leaves jobs behind, which must not take the nodes from the next one.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (id, _, _) in (await Slurm.JobsAsync("PENDING,RUNNING")).Where(job => job.Name.StartsWith(sweep, StringComparison.Ordinal))) await Slurm.RunAsync("scancel", id);
        directory.Delete(recursive: true);
    }

    private SlurmCluster Slurm => fixture.Slurm;

    [Fact]
    public async Task A_job_has_its_argument_its_resources_and_its_environment_and_leaves_its_exit_code()
    {
        var launcher = Launcher();
        var worker = Script("echo \"argument $1, $SLURM_CPUS_PER_TASK cores, $OMP_NUM_THREADS threads, gpu '$CUDA_VISIBLE_DEVICES', data $SWEEPS_DATA, job $SLURM_JOB_NAME\" >&2; exit 12");
        var command = Command(worker, "1-1", new ResourceSpec { Cpus = 2, MemoryBytes = 100 << 20, Time = TimeSpan.FromMinutes(90) });
        Assert.Equal(12, await launcher.Launch(command).Exit);
        Assert.Equal($"argument {AssignmentOf(command)}, 2 cores, 2 threads, gpu '', data /data, job {sweep}-1-1\n", File.ReadAllText(command.LogFile));
        var gpu = Command(worker, "1-2", new ResourceSpec { Gpus = 1 });
        Assert.Equal(12, await launcher.Launch(gpu).Exit);
        Assert.Contains("gpu '0'", File.ReadAllText(gpu.LogFile));
        // The node's processor is what later plans go by.
        Assert.Equal(Processor.Name, launcher.Describe(SlurmLauncher.Slots(1)[0]).Processor);
        launcher.Forget(command.PidFile);
        launcher.Forget(gpu.PidFile);
        Assert.Equal(["device"], Directory.GetFiles(Path.Combine(directory.FullName, "slurm")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Orders_that_come_together_and_ask_for_the_same_are_one_array()
    {
        var launcher = Launcher();
        var worker = Script("echo \"task $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_JOB_ID, job ${1##*/}\"; exit 10");
        var commands = Enumerable.Range(1, 5).Select(i => Command(worker, $"{i}-1")).Append(Command(worker, "6-1", new ResourceSpec { Cpus = 2 })).ToArray();
        var workers = commands.Select(launcher.Launch).ToArray();
        Assert.All(await Task.WhenAll(workers.Select(one => one.Exit)), code => Assert.Equal(10, code));
        var said = commands.Select(command => File.ReadAllText(command.LogFile)).ToArray();
        var array = said[0].Split(' ')[3];
        for (var i = 0; i < 5; i++) Assert.Equal($"task {i} of {array} job {i + 1}-1.json\n", said[i]);
        Assert.Equal("task  of , job 6-1.json\n", said[5]);
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_gets_one_signal_and_one_that_waits_never_begins()
    {
        var command = Command(Script("trap 'echo saved; saved=yes' TERM; echo ready; while [ -z \"$saved\" ]; do sleep 0.05; done; sleep 0.5; exit 10"), "1-1");
        var process = Launcher().Launch(command);
        await UntilAsync(() => Said(command).Contains("ready"));
        process.RequestStop();
        Assert.Equal(10, await process.Exit);
        Assert.Equal("ready\nsaved\n", Said(command));

        var waiting = Command(Script("echo began"), "2-1");
        var later = Launcher("--begin=now+1hour").Launch(waiting);
        await UntilAsync(async () => (await Slurm.JobsAsync("PENDING")).Any(job => job.Name == sweep + "-2-1"));
        later.RequestStop();
        Assert.Equal(WorkerEnding.Evicted, await later.Exit);
        Assert.DoesNotContain("began", Said(waiting));
    }

    [Fact]
    public async Task A_job_at_its_time_limit_is_asked_for_its_checkpoint_first()
    {
        var command = Command(Script("trap 'echo saved; exit 10' TERM; echo ready; while :; do sleep 0.05; done"), "1-1", new ResourceSpec { Time = TimeSpan.FromMinutes(5) });
        var process = Launcher().Launch(command);
        await UntilAsync(() => Said(command).Contains("ready"));
        var job = await JobAsync(sweep + "-1-1");
        await Slurm.RunAsync("scontrol", "update", $"jobid={job.Id}", "timelimit=1");
        Assert.Equal(10, await process.Exit);
        Assert.Equal("ready\nsaved\n", Said(command));
    }

    [Fact]
    public async Task A_cancelled_job_and_one_of_a_lost_node_are_lost_and_say_so()
    {
        var stubborn = Script("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        var (cancelled, stranded) = (Command(stubborn, "1-1"), Command(stubborn, "2-1", new ResourceSpec { Cpus = 2 }));
        var launcher = Launcher();
        var (first, second) = (launcher.Launch(cancelled), launcher.Launch(stranded));
        await UntilAsync(() => Said(cancelled).Contains("ready") && Said(stranded).Contains("ready"));
        await Slurm.RunAsync("scancel", (await JobAsync(sweep + "-1-1")).Id);
        Assert.Equal(WorkerEnding.Evicted, await first.Exit);
        Assert.Matches(@"Somebody cancelled job \d+ on node\d\.\n$", Said(cancelled));

        var node = (await JobAsync(sweep + "-2-1")).Node;
        await Slurm.CutOffAsync(node);
        Assert.Equal(WorkerEnding.Evicted, await second.Exit);
        Assert.Matches($@"Slurm gave job \d+ on {node} up: the node failed \(NODE_FAIL\)\.\n$", Said(stranded));
        Slurm.BringBack(node);
    }

    [Fact]
    public async Task While_the_controller_is_away_jobs_go_on_and_new_ones_wait_for_it()
    {
        var go = Path.Combine(directory.FullName, "go");
        var running = Command(Script($"echo ready; while [ ! -e '{go.Replace("'", "'\\''", StringComparison.Ordinal)}' ]; do sleep 0.05; done; exit 12"), "1-1");
        var launcher = Launcher();
        var process = launcher.Launch(running);
        await UntilAsync(() => Said(running).Contains("ready"));
        await Slurm.EndControllerAsync();
        var next = Command(Script("exit 13"), "2-1");
        var waiting = launcher.Launch(next);
        // It is being submitted: what it will be known by is written down before.
        await UntilAsync(() => File.Exists(next.PidFile));
        File.WriteAllText(go, "");
        Assert.Equal(12, await process.Exit);
        Assert.False(waiting.Exit.IsCompleted);
        Slurm.StartController();
        Assert.Equal(13, await waiting.Exit);
    }

    [Fact]
    public async Task Another_agent_finds_jobs_by_their_number_by_their_tag_and_after_their_end()
    {
        var go = Path.Combine(directory.FullName, "go");
        var worker = Script($"echo ready; while [ ! -e '{go.Replace("'", "'\\''", StringComparison.Ordinal)}' ]; do sleep 0.05; done; exit 12");
        var commands = new[] { Command(worker, "1-1"), Command(worker, "2-1"), Command(Script("exit 16"), "3-1") };
        var workers = commands.Select(Launcher().Launch).ToArray();
        await UntilAsync(() => commands[..2].All(command => Said(command).Contains("ready")));
        Assert.Equal(16, await workers[2].Exit);
        // As if the agent had been killed before it heard the number.
        await UntilAsync(() => !File.ReadAllText(commands[1].PidFile).EndsWith("-\n", StringComparison.Ordinal));
        File.WriteAllText(commands[1].PidFile, string.Join(' ', File.ReadAllText(commands[1].PidFile).Split(' ')[..3]) + " -\n");
        var found = commands.Select(command => Launcher().Find(AssignmentOf(command), command.PidFile)!).ToArray();
        Assert.Equal(16, await found[2].Exit);
        await UntilAsync(() => !File.ReadAllText(commands[1].PidFile).EndsWith("-\n", StringComparison.Ordinal));
        Assert.False(found[0].Exit.IsCompleted || found[1].Exit.IsCompleted);
        File.WriteAllText(go, "");
        Assert.Equal((12, 12), (await found[0].Exit, await found[1].Exit));
        Assert.Null(Launcher().Find(AssignmentOf(commands[0]), Path.Combine(directory.FullName, "none.pid")));
        // A submission of which nothing is known to Slurm was not made.
        Launcher().Forget(commands[0].PidFile);
        File.WriteAllText(commands[0].PidFile, "slurm 0123456789abcdef - -\n");
        Assert.Equal(WorkerEnding.Evicted, await Launcher().Find(AssignmentOf(commands[0]), commands[0].PidFile)!.Exit);
    }

    [Fact]
    public async Task What_Slurm_will_never_accept_is_refused_with_the_fix()
    {
        var command = Command(Script("exit 0"), "1-1", new ResourceSpec { MemoryBytes = 1L << 40 });
        Assert.Equal(WorkerEnding.Refused, await Launcher().Launch(command).Exit);
        Assert.Contains("Slurm refuses the job: sbatch: error: Memory specification can not be satisfied", Said(command));
        Assert.Contains("Change 'resources' in the sweep file", Said(command));
        await Launcher("--partition=main").CheckAsync();
        var refused = await Assert.ThrowsAsync<WorkerLaunchException>(Launcher("--partition=nowhere").CheckAsync);
        Assert.Matches("^Slurm refuses jobs with --partition=nowhere: .*invalid partition specified: nowhere.*`sinfo` lists the partitions", refused.Message);
    }

    private SlurmLauncher Launcher(params string[] arguments) => new(new SlurmOptions
    {
        Directory = Path.Combine(directory.FullName, "slurm"), LogDirectory = Path.Combine(directory.FullName, "logs"), Arguments = arguments, AskEvery = TimeSpan.FromSeconds(0.5),
    }, TimeProvider.System, NullLogger<SlurmLauncher>.Instance);

    private WorkerCommand Command(string worker, string attempt, ResourceSpec? resources = null)
    {
        var options = new AgentOptions { Home = directory.FullName, DataDirectory = "/data", HeadUrl = "http://127.0.0.1:1", Worker = worker, Slots = [] };
        var assignment = Path.Combine(options.AttemptDirectory, attempt + ".json");
        Directory.CreateDirectory(options.AttemptDirectory);
        File.WriteAllText(assignment, "{}");
        return WorkerCommand.For(options, SlurmLauncher.Slots(1)[0].For(resources ?? new ResourceSpec())!, attempt, assignment, sweep: sweep, resources: resources);
    }

    private static string AssignmentOf(WorkerCommand command) => command.Arguments[^1];

    private static string Said(WorkerCommand command) => File.Exists(command.LogFile) ? File.ReadAllText(command.LogFile) : "";

    private string Script(string text)
    {
        var file = Path.Combine(directory.FullName, $"worker {Guid.NewGuid():N}.sh");
        File.WriteAllText(file, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private async Task<(string Id, string Name, string Node)> JobAsync(string name) => (await Slurm.JobsAsync("RUNNING")).Single(job => job.Name.StartsWith(name, StringComparison.Ordinal));

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(5), "Nothing happened.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A cluster for all of these tests; the launcher finds it by this process's environment.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public SlurmCluster Slurm { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Slurm = await SlurmCluster.StartAsync();
            Environment.SetEnvironmentVariable(Slurm.Variable.Name, Slurm.Variable.Value);
        }

        public async ValueTask DisposeAsync()
        {
            if (Slurm is not null) await Slurm.DisposeAsync();
        }
    }
}
