using System.Diagnostics;

namespace Sweeps.EndToEnd;

/// <summary>A head and agents as processes of their own, which can be killed and started again; what they say is kept.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int ShortLease = 3;

    private readonly Dictionary<string, TcpProxy> networks = [];
    private readonly Dictionary<string, string> homes = [];
    private readonly string directory;
    private readonly Programs programs;
    private readonly int leaseSeconds;
    private readonly int port = TcpProxy.FixedPort();

    /// <summary>Nothing runs yet.</summary>
    /// <param name="directory">Holds the home, <c>home</c>, and what the processes say.</param>
    /// <param name="leaseSeconds">How long the head waits for a word from an agent.</param>
    public Cluster(string directory, int leaseSeconds = ShortLease) => (this.directory, this.leaseSeconds, programs) = (directory, leaseSeconds, new Programs(directory));

    public const string Head = "head";

    /// <summary>Longer than the head waits for a word from an agent unless told otherwise.</summary>
    public static TimeSpan LongerThanALease => TimeSpan.FromSeconds(ShortLease + 1.5);

    public string Home => Path.Combine(directory, "home");

    /// <summary>The home of an agent.</summary>
    public string HomeOf(string agent) => Path.Combine(directory, homes[agent]);

    public string Url => $"http://127.0.0.1:{port}";

    public IEnumerable<string> Agents => networks.Keys.Order(StringComparer.Ordinal);

    /// <summary>The network between an agent and the head.</summary>
    public TcpProxy NetworkOf(string agent) => networks[agent];

    public bool IsAlive(string name) => programs.IsAlive(name);

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
    public void Kill(string name) => programs.Kill(name);

    /// <summary>SIGTERM, once the process is there to hear it; it must end well.</summary>
    public Task EndAsync(string name) => programs.EndAsync(name, name == Head ? "Head of " : $"Agent {name} of ");

    /// <summary>Whether the head serves.</summary>
    public async Task<bool> AnswersAsync()
    {
        using var http = new HttpClient();
        try
        {
            return await http.GetStringAsync(Url + "/healthz", TestContext.Current.CancellationToken) == "ok";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Waits until something is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var last = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(last) < TimeSpan.FromMinutes(5), $"Nothing goes on.\n{Said(Head)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Runs a command to its end, which must be a good one.</summary>
    public static async Task RunAsync(string directory, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Programs.Sweeps, .. arguments])
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
    public IReadOnlyList<(string Attempt, int Id)> Workers() => [.. Agents.SelectMany(agent => Programs.WorkersOf(Path.Combine(HomeOf(agent), "agents", agent, "attempts")))];

    /// <summary>Ends a process of any parent with SIGKILL.</summary>
    public static void Kill(int id) => Programs.Kill(id);

    /// <summary>What a process and those of its name before it have printed.</summary>
    public string Said(string name) => programs.Said(name);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in programs.Names.ToArray()) Kill(name);
        // Workers outlive their agents.
        foreach (var (_, id) in Workers()) Kill(id);
        while (Workers().Count > 0) await Task.Delay(20);
        foreach (var network in networks.Values) network.Dispose();
    }

    private void Start(string name, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        programs.Start(name, [("SWEEPS_LEASE", $"{leaseSeconds}"), .. environment.Select(one => (one.Key, one.Value))], ["dotnet", Programs.Sweeps, .. arguments]);
}
