using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Sweeps.EndToEnd;

/// <summary>
/// Machines of their own on one network, made of network namespaces (ip-netns(8)): each has its own interfaces, addresses and ports, and sees
/// files of its own alone in <see cref="Own"/>. A machine's cable can be pulled.
/// </summary>
/// <remarks>Needs root. Names begin with this process's id; what a killed process has left is removed by the next one.</remarks>
internal sealed class Lan : IDisposable
{
    private const string Prefix = "sweeps-test-";

    private readonly List<string> hosts = [];
    private readonly Programs programs;
    private readonly string directory;

    private Lan(string directory)
    {
        this.directory = directory;
        programs = new Programs(directory);
        Directory.CreateDirectory(Own);
    }

    /// <summary>The place that is another one on each machine.</summary>
    public string Own => Path.Combine(directory, "own");

    /// <summary>Makes machines that reach each other.</summary>
    /// <param name="directory">Holds the machines' own files and what their programs say.</param>
    /// <param name="hosts">Their names.</param>
    public static Lan Create(string directory, params string[] hosts)
    {
        RemoveOfTheDead();
        if (TryIp(out var problem, "netns", "add", NamespaceOf("switch")) != 0) Assert.Skip($"Network namespaces cannot be made here: {problem}");
        var lan = new Lan(directory);
        try
        {
            Ip("-n", NamespaceOf("switch"), "link", "add", "bridge", "type", "bridge");
            Ip("-n", NamespaceOf("switch"), "link", "set", "bridge", "up");
            foreach (var host in hosts) lan.Add(host);
            return lan;
        }
        catch
        {
            lan.Dispose();
            throw;
        }
    }

    /// <summary>A machine's address.</summary>
    public string AddressOf(string host) => string.Create(CultureInfo.InvariantCulture, $"10.77.0.{hosts.IndexOf(host) + 1}");

    /// <summary>What a machine has in <see cref="Own"/>, as this process sees it.</summary>
    public string FilesOf(string host) => Path.Combine(directory, "machines", host);

    /// <summary>Pulls a machine's cable, or plugs it in again.</summary>
    public void Connect(string host, bool isConnected) => Ip("-n", NamespaceOf("switch"), "link", "set", PortOf(host), isConnected ? "up" : "down");

    /// <summary>Delays what a machine is sent and loses some of it (tc-netem(8)).</summary>
    /// <returns>False where the kernel cannot.</returns>
    public static bool TryDelay(string host, int milliseconds, int lossPercent) =>
        TryRun("tc", out _, "-n", NamespaceOf("switch"), "qdisc", "add", "dev", PortOf(host), "root", "netem", "delay", $"{milliseconds}ms", "loss", $"{lossPercent}%") == 0;

    /// <summary>Starts a program on a machine, in <see cref="Own"/>.</summary>
    public void Start(string host, string name, IEnumerable<(string Name, string Value)> environment, params IEnumerable<string> command) =>
        programs.Start(name, environment, On(host, command));

    /// <summary>Runs the command on a machine to its end, which must be a good one.</summary>
    public async Task RunAsync(string host, params string[] arguments)
    {
        var command = On(host, ["dotnet", Programs.Sweeps, .. arguments]).ToArray();
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error + await output);
    }

    /// <summary>Living workers of an agent: process ids by attempt.</summary>
    public IReadOnlyList<(string Attempt, int Id)> WorkersOf(string host, string agent) => Programs.WorkersOf(Path.Combine(FilesOf(host), "agents", agent, "attempts"));

    /// <summary>What a program and those of its name before it have printed.</summary>
    public string Said(string name) => programs.Said(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var host in hosts.Prepend("switch")) Remove(NamespaceOf(host));
    }

    private static string NamespaceOf(string host) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{host}");

    private static string PortOf(string host) => $"to-{host}";

    private void Add(string host)
    {
        Ip("netns", "add", NamespaceOf(host));
        hosts.Add(host);
        Directory.CreateDirectory(FilesOf(host));
        Ip("-n", NamespaceOf("switch"), "link", "add", PortOf(host), "type", "veth", "peer", "name", "eth0", "netns", NamespaceOf(host));
        Ip("-n", NamespaceOf("switch"), "link", "set", PortOf(host), "master", "bridge", "up");
        Ip("-n", NamespaceOf(host), "address", "add", $"{AddressOf(host)}/24", "dev", "eth0");
        foreach (var link in new[] { "lo", "eth0" }) Ip("-n", NamespaceOf(host), "link", "set", link, "up");
    }

    // `ip netns exec` gives the program a mount namespace, in which its own files cover the place of all and those of the others are hidden.
    private string[] On(string host, IEnumerable<string> command) =>
    [
        "ip", "netns", "exec", NamespaceOf(host), "/bin/sh", "-c",
        "mount --bind \"$1\" \"$2\" && mount -t tmpfs none \"$3\" && cd \"$2\" && shift 3 && exec \"$@\"", "sh", FilesOf(host), Own, Path.Combine(directory, "machines"), .. command,
    ];

    private static void RemoveOfTheDead()
    {
        const string Namespaces = "/run/netns";
        if (!Directory.Exists(Namespaces)) return;
        foreach (var name in Directory.GetFiles(Namespaces, Prefix + "*").Select(path => Path.GetFileName(path)!))
            if (!Directory.Exists($"/proc/{name[Prefix.Length..].Split('-')[0]}")) Remove(name);
    }

    private static void Remove(string name)
    {
        // Workers outlive their agents; a killed one may be about to start another process.
        while (TryIp(out var running, "netns", "pids", name) == 0 && running.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids)
        {
            foreach (var id in ids) Programs.Kill(int.Parse(id, CultureInfo.InvariantCulture));
            Thread.Sleep(20);
        }
        TryIp(out _, "netns", "delete", name);
    }

    private static void Ip(params string[] arguments) => Assert.True(TryIp(out var said, arguments) == 0, $"ip {string.Join(' ', arguments)}: {said}");

    private static int TryIp(out string said, params string[] arguments) => TryRun("ip", out said, arguments);

    private static int TryRun(string program, out string said, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            said = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception exception)
        {
            said = $"{program} cannot be started: {exception.Message}";
            return -1;
        }
    }
}
