using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Sweeps.EndToEnd;

/// <summary>
/// A cluster of real Slurm daemons on this machine, of the distribution's packages: a controller and several nodes with two processors and a device that is
/// called a GPU each. Everything is in a directory of its own; no service of the system is touched.
/// </summary>
public sealed class SlurmCluster : IAsyncDisposable
{
    // What daemons are started with, and with them the processes in which they look after jobs.
    private const string Mark = "SWEEPS_TEST_SLURM", NodeMark = "SWEEPS_TEST_SLURM_NODE";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Process> daemons = [];
    private readonly DirectoryInfo directory;

    private SlurmCluster(DirectoryInfo directory) => this.directory = directory;

    /// <summary>Names of the nodes.</summary>
    public static IReadOnlyList<string> Nodes { get; } = ["node1", "node2", "node3"];

    /// <summary>What makes Slurm's commands talk to this cluster.</summary>
    public (string Name, string Value) Variable => ("SLURM_CONF", PathOf("slurm.conf"));

    /// <summary>Starts it. The test is skipped where it cannot be.</summary>
    public static async Task<SlurmCluster> StartAsync()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Slurm's daemons are started as root here.");
        foreach (var program in new[] { "slurmctld", "slurmd", "munged", "sbatch" })
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(place => File.Exists(Path.Combine(place, program))))
                Assert.Skip($"There is no {program}; `eng/setup tests` installs it.");
        // Its paths stand in files without quotes, and nobody but root may write to where munge's key and socket are.
        var directory = Directory.CreateTempSubdirectory("sweeps-slurm-");
        File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var cluster = new SlurmCluster(directory);
        try
        {
            await cluster.BeginAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the controller, or starts it again.</summary>
    public void StartController() => Start("slurmctld", "slurmctld", "-D", "-f", PathOf("slurm.conf"));

    /// <summary>Ends the controller. In good order: it writes what it knows every few seconds alone, and would begin with numbers again that are taken.</summary>
    public async Task EndControllerAsync()
    {
        await RunAsync("scontrol", "shutdown", "slurmctld");
        await daemons["slurmctld"].WaitForExitAsync(TestContext.Current.CancellationToken);
        Kill("slurmctld");
    }

    /// <summary>A node that nobody reaches any more: its daemon is gone, and what runs on it goes on.</summary>
    public async Task CutOffAsync(string node)
    {
        Kill(node);
        await RunAsync("scontrol", "update", $"nodename={node}", "state=down", "reason=test");
    }

    /// <summary>A node that loses its power: nothing of it is alive.</summary>
    public async Task CrashAsync(string node)
    {
        Kill(node);
        while (Ours(node) is { Count: > 0 } left)
        {
            foreach (var id in left) Cluster.Kill(id);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        await RunAsync("scontrol", "update", $"nodename={node}", "state=down", "reason=test");
    }

    /// <summary>Lets all that jobs run on a node wait.</summary>
    /// <returns>Its processes.</returns>
    public IReadOnlyList<int> Hold(string node)
    {
        var held = Ours(node, areJobs: true);
        foreach (var id in held) Programs.Hold(id);
        return held;
    }

    /// <summary>Starts the daemon of a node again; the controller takes it back when it reports (ReturnToService).</summary>
    public void BringBack(string node) => StartNode(node);

    /// <summary>Jobs in a state, tasks of arrays each for itself.</summary>
    public async Task<IReadOnlyList<(string Id, string Name, string Node)>> JobsAsync(string state) =>
        [.. (await RunAsync("squeue", "--noheader", "--array", $"--states={state}", "--format=%i|%j|%N")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|')).Select(fields => (fields[0], fields[1], fields[2]))];

    /// <summary>Runs one of Slurm's commands to its end, which must be a good one.</summary>
    public async Task<string> RunAsync(string command, params string[] arguments)
    {
        var (exitCode, output, error) = await TryAsync(command, arguments);
        Assert.True(exitCode == 0, $"{command} {string.Join(' ', arguments)}: {error}");
        return output;
    }

    /// <summary>Runs one of Slurm's commands to its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> TryAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable.Name] = Variable.Value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, error);
    }

    /// <summary>Ends all jobs and daemons; nothing is left.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in daemons.Keys.ToArray()) Kill(name);
        // What the daemons have started, and the jobs, whose variables are those of who submitted them.
        while (Ours() is { Count: > 0 } left)
        {
            foreach (var id in left) Cluster.Kill(id);
            await Task.Delay(20);
        }
        directory.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(directory.FullName, name);

    private async Task BeginAsync()
    {
        foreach (var name in Nodes.Append("state")) Directory.CreateDirectory(PathOf(name));
        var key = PathOf("munge.key");
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(128));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Start("munged", "munged", "--foreground", "--force", $"--key-file={key}", $"--socket={PathOf("munge.socket")}", $"--pid-file={PathOf("munged.pid")}",
            $"--log-file={PathOf("munged.log")}", $"--seed-file={PathOf("munged.seed")}");
        var ports = FreePorts(Nodes.Count + 1);
        var host = Dns.GetHostName().Split('.')[0];
        await File.WriteAllTextAsync(PathOf("gres.conf"), "Name=gpu File=/dev/null\n");
        await File.WriteAllTextAsync(PathOf("slurm.conf"),
            $"""
            ClusterName=sweeps
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ports[0]}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={PathOf("munge.socket")}
            CredType=cred/munge
            StateSaveLocation={PathOf("state")}
            SlurmdSpoolDir={PathOf("%n")}
            SlurmctldPidFile={PathOf("slurmctld.pid")}
            SlurmdPidFile={PathOf("%n.pid")}
            SlurmctldLogFile={PathOf("slurmctld.log")}
            SlurmdLogFile={PathOf("%n.log")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerParameters=sched_interval=1,bf_interval=1
            MpiDefault=none
            ReturnToService=2
            KillWait=2
            GresTypes=gpu
            SlurmdParameters=config_overrides
            {string.Join('\n', Nodes.Select((node, i) => $"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[i + 1]} CPUs=2 RealMemory=2000 Gres=gpu:1 State=UNKNOWN"))}
            PartitionName=main Nodes={string.Join(',', Nodes)} Default=YES MaxTime=INFINITE State=UP

            """);
        await UntilAsync(() => Task.FromResult(File.Exists(PathOf("munge.socket"))));
        StartController();
        foreach (var node in Nodes) StartNode(node);
        await UntilAsync(async () =>
        {
            var (exitCode, output, _) = await TryAsync("sinfo", "--noheader", "--Node", "--format=%T");
            return exitCode == 0 && output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(state => state == "idle") == Nodes.Count;
        });
    }

    private void StartNode(string node) => Start(node, "slurmd", "-D", "-N", node, "-f", PathOf("slurm.conf"));

    // The daemons get no terminal, and what they say goes to a file: a test's output is not theirs to hold open.
    private void Start(string name, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", PathOf(name + ".out"), program, .. arguments]) { WorkingDirectory = directory.FullName };
        start.Environment["PATH"] = $"{start.Environment["PATH"]}:/usr/sbin";
        start.Environment[Variable.Name] = Variable.Value;
        start.Environment[Mark] = directory.FullName;
        start.Environment[NodeMark] = name;
        daemons[name] = Process.Start(start)!;
    }

    private void Kill(string name)
    {
        if (!daemons.Remove(name, out var process)) return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"The cluster did not come up:\n{string.Join('\n', Directory.GetFiles(directory.FullName, "*.out").Select(File.ReadAllText))}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Processes of the cluster, or of one of its nodes: all, or those of jobs.</summary>
    private List<int> Ours(string? node = null, bool areJobs = false)
    {
        var found = new List<int>();
        foreach (var process in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), out var id) || id == Environment.ProcessId) continue;
            try
            {
                var variables = File.ReadAllText(Path.Combine(process, "environ")).Split('\0');
                var isDaemon = variables.Contains($"{Mark}={directory.FullName}");
                var isJob = variables.Contains($"{Variable.Name}={Variable.Value}") && variables.Any(variable => variable.StartsWith("SLURM_JOB_ID=", StringComparison.Ordinal));
                if ((isDaemon && !areJobs && (node is null || variables.Contains($"{NodeMark}={node}"))) || (isJob && (node is null || variables.Contains($"SLURMD_NODENAME={node}")))) found.Add(id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
            }
        }
        return found;
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
