using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sweeps.EndToEnd;

/// <summary>A head and agents as processes of their own, which can be killed and started again; what they say is kept.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int TerminationSignal = 15;
    private const int LeaseSeconds = 3;

    private readonly Dictionary<string, Process> processes = [];
    private readonly Dictionary<string, int> saidBefore = [];
    private readonly Dictionary<string, TcpProxy> networks = [];
    private readonly Dictionary<string, string> homes = [];
    private readonly string directory;
    private readonly int port = TcpProxy.FixedPort();

    public Cluster(string directory) => this.directory = directory;

    public const string Head = "head";

    /// <summary>Longer than the head waits for a word from an agent.</summary>
    public static TimeSpan LongerThanALease => TimeSpan.FromSeconds(LeaseSeconds + 1.5);

    public string Home => Path.Combine(directory, "home");

    /// <summary>The home of an agent.</summary>
    public string HomeOf(string agent) => Path.Combine(directory, homes[agent]);

    public string Url => $"http://127.0.0.1:{port}";

    public IEnumerable<string> Agents => networks.Keys.Order(StringComparer.Ordinal);

    /// <summary>The network between an agent and the head.</summary>
    public TcpProxy NetworkOf(string agent) => networks[agent];

    public bool IsAlive(string name) => processes.TryGetValue(name, out var process) && !process.HasExited;

    public void StartHead() => Start(Head, new Dictionary<string, string>(), "serve", "--no-agent", "--port", $"{port}", "--home", "home");

    /// <summary>Starts an agent behind a network of its own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="slots">Its slots.</param>
    /// <param name="clock">Its clock, or null for the right time.</param>
    /// <param name="home">Its home: the head's, or one that the head does not see, as on another machine.</param>
    public void StartAgent(string name, int slots, WrongClock? clock = null, string home = "home")
    {
        homes[name] = home;
        if (!networks.ContainsKey(name)) networks[name] = new TcpProxy(port);
        Start(name, clock?.Environment ?? new Dictionary<string, string>(), "agent", "--head", networks[name].Url, "--name", name, "--slots", $"{slots}", "--home", home);
    }

    /// <summary>Starts an agent that submits its work to Slurm.</summary>
    public void StartAgent(string name, SlurmCluster slurm, int jobs)
    {
        homes[name] = "home";
        if (!networks.ContainsKey(name)) networks[name] = new TcpProxy(port);
        Start(name, new Dictionary<string, string> { [slurm.Variable.Name] = slurm.Variable.Value },
            "agent", "--head", networks[name].Url, "--name", name, "--launcher", "slurm", "--partition", "main", "--slots", $"{jobs}", "--home", "home");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill(string name)
    {
        if (!processes.Remove(name, out var process)) return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>SIGTERM, once the process is there to hear it; it must end well.</summary>
    public async Task EndAsync(string name)
    {
        processes.Remove(name, out var process);
        var greeting = name == Head ? "Head of " : $"Agent {name} of ";
        while (!process!.HasExited && !Said(name)[saidBefore[name]..].Contains(greeting, StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(0, SendSignal(process.Id, TerminationSignal));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{name} ended with exit code {process.ExitCode}:\n{Said(name)}");
        process.Dispose();
    }

    /// <summary>Runs a command to its end, which must be a good one.</summary>
    public static async Task RunAsync(string directory, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll"), .. arguments])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
    }

    /// <summary>Living workers: process ids by attempt.</summary>
    public IReadOnlyList<(string Attempt, int Id)> Workers()
    {
        var workers = new List<(string, int)>();
        foreach (var agent in Agents)
        {
            var attempts = Path.Combine(HomeOf(agent), "agents", agent, "attempts");
            if (!Directory.Exists(attempts)) continue;
            foreach (var file in Directory.GetFiles(attempts, "*.pid").Order(StringComparer.Ordinal))
            {
                try
                {
                    if (int.TryParse(File.ReadAllText(file), out var id)
                        && File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(Path.ChangeExtension(file, ".json"))) workers.Add((Path.GetFileNameWithoutExtension(file), id));
                }
                catch (IOException)
                {
                    // It has ended.
                }
            }
        }
        return workers;
    }

    /// <summary>Ends a process of any parent with SIGKILL.</summary>
    public static void Kill(int id) => _ = SendSignal(id, 9);

    /// <summary>What a process and those of its name before it have printed.</summary>
    public string Said(string name) => File.ReadAllText(LogOf(name));

    public async ValueTask DisposeAsync()
    {
        foreach (var name in processes.Keys.ToArray()) Kill(name);
        // Workers outlive their agents.
        foreach (var (_, id) in Workers()) Kill(id);
        while (Workers().Count > 0) await Task.Delay(20);
        foreach (var network in networks.Values) network.Dispose();
    }

    private string LogOf(string name) => Path.Combine(directory, name + ".log");

    // A shell sends the output to a file: a pipe would end with this process, and an agent's workers must not notice.
    private void Start(string name, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", LogOf(name), "dotnet", Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll"), .. arguments])
        {
            WorkingDirectory = directory,
        };
        saidBefore[name] = File.Exists(LogOf(name)) ? Said(name).Length : 0;
        start.Environment["SWEEPS_LEASE"] = $"{LeaseSeconds}";
        foreach (var (key, value) in environment) start.Environment[key] = value;
        processes[name] = Process.Start(start)!;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}
