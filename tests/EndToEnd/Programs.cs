using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sweeps.EndToEnd;

/// <summary>Heads and agents as processes of their own, by name: they can be killed and started again, and what they say is kept.</summary>
/// <param name="directory">Where they are started, and where what they say lies.</param>
internal sealed class Programs(string directory)
{
    private const int TerminationSignal = 15;

    private readonly Dictionary<string, Process> processes = [];
    private readonly Dictionary<string, int> saidBefore = [];

    /// <summary>The built command.</summary>
    public static string Sweeps => Repository.PathOf("artifacts/bin/Sweeps.Cli/release/sweeps.dll");

    public IEnumerable<string> Names => processes.Keys;

    public bool IsAlive(string name) => processes.TryGetValue(name, out var process) && !process.HasExited;

    /// <summary>Starts a program. A shell sends its output to a file: a pipe would end with this process, and an agent's workers must not notice.</summary>
    public void Start(string name, IEnumerable<(string Name, string Value)> environment, params IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", LogOf(name), .. command]) { WorkingDirectory = directory };
        saidBefore[name] = Said(name).Length;
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        processes[name] = Process.Start(start)!;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill(string name)
    {
        if (!processes.Remove(name, out var process)) return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>SIGTERM, once the program has said that it is there to hear it; it must end well.</summary>
    public async Task EndAsync(string name, string greeting)
    {
        processes.Remove(name, out var process);
        while (!process!.HasExited && !SaidNow(name).Contains(greeting, StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(0, SendSignal(process.Id, TerminationSignal));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{name} ended with exit code {process.ExitCode}:\n{Said(name)}");
        process.Dispose();
    }

    /// <summary>What a program and those of its name before it have printed.</summary>
    public string Said(string name) => File.Exists(LogOf(name)) ? File.ReadAllText(LogOf(name)) : "";

    /// <summary>What it has printed since its last start.</summary>
    public string SaidNow(string name) => Said(name)[saidBefore[name]..];

    /// <summary>Ends a process of any parent with SIGKILL.</summary>
    public static void Kill(int id) => _ = SendSignal(id, 9);

    /// <summary>Lets a process wait (SIGSTOP).</summary>
    public static void Hold(int id) => _ = SendSignal(id, 19);

    /// <summary>Lets a process that was held go on (SIGCONT).</summary>
    public static void Release(int id) => _ = SendSignal(id, 18);

    /// <summary>Living workers whose assignments lie in a directory: process ids by attempt.</summary>
    public static IReadOnlyList<(string Attempt, int Id)> WorkersOf(string attempts)
    {
        var workers = new List<(string, int)>();
        if (!Directory.Exists(attempts)) return workers;
        foreach (var file in Directory.GetFiles(attempts, "*.pid").Order(StringComparer.Ordinal))
        {
            try
            {
                if (int.TryParse(File.ReadAllText(file), out var id)
                    && File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Any(argument => argument.EndsWith($"/{Path.GetFileNameWithoutExtension(file)}.json", StringComparison.Ordinal)))
                    workers.Add((Path.GetFileNameWithoutExtension(file), id));
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
        return workers;
    }

    private string LogOf(string name) => Path.Combine(directory, name + ".log");

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}
